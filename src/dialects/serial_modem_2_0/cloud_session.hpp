#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "base/clock.hpp"
#include "base/event.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/nrf_cloud/cloud_place.hpp"
#include "services/nrf_cloud/coap_cloud.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

namespace asio = boost::asio;

/// The connection to nRF Cloud as Serial Modem presents it (reference serial-modem-2.0/nrfcloud.md): messages
/// of data mode, and places.
class CloudSession final : public Session, public at::DataConsumer {
 public:
  explicit CloudSession(Application& application);

  /// For other services of nRF Cloud, which need connected() and must take the loss of the connection.
  [[nodiscard]] services::CoapCloud& cloud() { return cloud_; }
  /// The cloud has accepted the device; false again after disconnect() or a loss.
  [[nodiscard]] bool connected() const { return cloud_.connected(); }
  /// #XNRFCLOUD=1 has been answered and its URC has not come.
  [[nodiscard]] bool connecting() const { return cloud_.connecting(); }
  /// #XNRFCLOUDPOS has been answered and its URC has not come: no second request may begin.
  [[nodiscard]] bool locating() const { return locating_; }
  /// Fixes go to the cloud; as of the last connection, and false after a boot.
  [[nodiscard]] bool sends_location() const { return send_location_; }

  // Each answers its command.
  /// OK at once; `#XNRFCLOUD: 1` or, after a failure, 0 follows, and nothing if disconnect() came meanwhile.
  void connect(bool send_location, Answer answer);
  /// Ends it, or the attempt, at once; the URC follows OK. Requests under way fail with ECONNABORTED.
  void disconnect(Answer answer);
  /// Each piece of data mode is a message from now on; ERROR while another channel does that. A message that
  /// is not taken breaks data mode.
  void send_data(Answer answer);
  /// OK at once; the place, or its error, comes as #XNRFCLOUDPOS. `cells` are measured for up to 120 s, 0 =
  /// none. Must not be called while locating() or without a connection.
  void locate(std::size_t cells, std::vector<services::CloudSurroundings::AccessPoint> points, Answer answer);
  /// The answer of #XNRFCLOUD?, for which the modem is asked for its UUID.
  asio::awaitable<void> tell_status(Answer answer);

  /// A fix of GNSS, which goes to the cloud if the host has asked for that: at most one in 5 s.
  void report_fix(const services::GnssFrame& frame);

  void close_because(std::string_view) override { close(); }
  void close() override;
  void forget() override;
  void notified(std::string_view urc) override;
  void settled(const HostChannel& channel) override;

 private:
  using Cells = std::vector<services::CloudSurroundings::Cell>;

  void send(std::string data) override;
  void terminated() override { data_channel_ = {}; }

  asio::awaitable<void> run_connect(bool send_location, HostChannel channel);
  asio::awaitable<void> send_fix(std::string message);
  asio::awaitable<void> send_piece(HostChannel channel, std::string data);
  asio::awaitable<void> run_locate(std::size_t cells, services::CloudSurroundings surroundings,
                                   HostChannel channel);
  asio::awaitable<Cells> measure(std::size_t count);
  asio::awaitable<std::optional<std::string>> measured(std::string command, base::Time deadline);
  asio::awaitable<void> wait_for_idle_radio();
  void tell(const HostChannel& channel, std::string_view text);
  void tell_state(const HostChannel& channel, bool connected, bool send_location);

  Application& application_;
  services::CoapCloud cloud_;
  bool send_location_ = false;
  HostChannel channel_;       // The one that connected: gets the URCs.
  HostChannel data_channel_;  // The one in data mode for us.
  std::optional<base::Time> fix_reported_;
  bool locating_ = false;
  bool measuring_ = false;
  std::optional<std::string> measurement_;  // What %NCELLMEAS has told.
  base::Event measurement_told_;
};

}  // namespace attache::dialects::serial_modem_2_0
