#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "modem/pdn.hpp"
#include "net/traffic.hpp"
#include "trace/capture/packets.hpp"
#include "trace/capture/tcp_flow.hpp"

namespace attache::trace {

/// Makes IP packets of the traffic of one PDN context of a device.
class NetworkCapture final : public PacketOutput {
 public:
  /// Where packets and what goes with them is written.
  struct Outlet {
    std::function<void(net::Direction direction, std::string bytes, std::vector<std::string> comments)>
        packet;
    std::function<void(const std::string& address, const std::string& name)> name;
    std::function<void(std::string_view line)> secret;
  };

  /// The references must outlive it.
  NetworkCapture(base::Clock& clock, const modem::Pdn& pdn, int cid, Outlet outlet);

  /// What of it lies ahead, such as an arrival, is written when its time has come.
  void hear(const net::TrafficEvent& event);

  void packet(net::Direction direction, std::string bytes, std::vector<std::string> comments) override;
  void at(base::Time time, std::function<void()> call) override;
  [[nodiscard]] base::Time now() const override { return clock_.now(); }
  [[nodiscard]] std::size_t mtu() const override;

 private:
  struct Take;

  TcpFlow& flow(const net::Flow& flow);
  [[nodiscard]] Fragmentation& fragmentation();
  [[nodiscard]] net::Address device_address(net::Family family) const;
  [[nodiscard]] net::Endpoint name_server(net::Endpoint& device, std::uint64_t number) const;
  void packets(net::Direction direction, std::vector<std::string> packets, std::vector<std::string> comments);
  void take(const net::traffic::Datagram& datagram);
  void take(const net::traffic::DatagramRefused& refused);
  void take(const net::traffic::NameAsked& question);
  void take(const net::traffic::NameAnswered& answer);
  void take(const net::traffic::EchoSent& echo);
  void take(const net::traffic::EchoEnded& echo);

  base::Clock& clock_;
  const modem::Pdn& pdn_;
  int cid_;
  Outlet outlet_;
  Fragmentation fragmentation_;
  std::map<std::uint64_t, std::shared_ptr<TcpFlow>> flows_;
  std::vector<base::Alarm> alarms_;
  std::size_t tidy_at_ = 64;  ///< Alarms that have rung are dropped when there are so many.
};

}  // namespace attache::trace
