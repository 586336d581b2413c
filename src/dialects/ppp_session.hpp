#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "at/host_line.hpp"
#include "base/clock.hpp"
#include "base/life.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/multiplexing.hpp"
#include "dialects/ppp_line.hpp"
#include "dialects/ppp_network.hpp"
#include "dialects/ppp_rules.hpp"
#include "dialects/session.hpp"
#include "modem/pdn.hpp"
#include "net/packets/packet_face.hpp"
#include "services/ppp/ppp_link.hpp"

namespace attache::dialects {

class Application;

namespace asio = boost::asio;

/// The one PPP of an application: which line it is on, which PDN connection it carries, and what the host is
/// told of it. It starts and ends with the PDN as the dialect's rules say. One thread only.
class PppSession final : public Session, private at::LineUser, private ReservedChannelUser {
 public:
  explicit PppSession(Application& application);
  ~PppSession() override;

  /// False in the state "stopped" alone.
  [[nodiscard]] bool is_running() const { return state_ != State::stopped; }
  /// "#XPPP: 1,0,0": the answer of the read form and the notification.
  [[nodiscard]] std::string status() const;

  /// `AT#XPPP=1`: the answer has been given. The channel gets the notifications from now on.
  void start(const HostChannel& channel, int cid);
  /// `AT#XPPP=0`, likewise.
  void stop(const HostChannel& channel);
  /// `AT+CGDATA`: waits for network and PDN, then the channel's line is PPP's until that ends.
  asio::awaitable<void> enter_data_state(int cid, Answer answer);

  /// The line of a UART that is PPP's alone; it must outlive the session.
  void set_own_line(at::HostLine& line);

  // Faults to order: each is told in the log.
  /// Of the link there is, at once, and of all later ones; LinkFaults as made takes them back.
  void set_faults(const services::ppp::LinkFaults& faults);
  [[nodiscard]] const services::ppp::LinkFaults& faults() const { return faults_; }
  /// The network ends the link in order. False if there is none.
  bool terminate_by_network();
  /// This end begins anew without a word. False if there is none.
  bool restart_peer();

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  enum class State { stopped, starting, running, stopping };
  /// Who has asked for it.
  enum class Mode { command, data_state };

  // As the user of a line.
  void receive(std::string_view bytes) override;
  std::string give_back() override { return {}; }
  [[nodiscard]] std::size_t backlog() const override { return 0; }
  [[nodiscard]] bool carries_data() const override { return link_ != nullptr; }
  [[nodiscard]] bool carries_ppp() const override { return link_ != nullptr; }
  void line_gone() override;
  void host_gone() override;

  // As the user of the channel that a multiplexer reserves for data.
  [[nodiscard]] bool is_stopped() const override { return !is_running(); }
  void reservation_changed() override;

  [[nodiscard]] const PppRules& rules() const;
  void pdn_changed(int cid, bool up);
  void begin_starting();
  asio::awaitable<void> run(base::Life::Token life);
  void make_link(const PppNetworkParameters& given);
  void open_face(const PppNetworkParameters& given);
  void write(std::string_view bytes);
  void arm();
  void connected(bool is);
  void begin_stopping(bool restarts);
  void ended(services::ppp::LinkEnd end);
  void finish();
  void drop_link();
  void tell();

  Application& application_;
  PppNetwork network_;
  Multiplexing* multiplexing_;  // Null: the build has none.
  PppLine line_;
  State state_ = State::stopped;
  Mode mode_ = Mode::command;
  int cid_ = 0;
  bool peer_connected_ = false;
  bool waits_for_pdn_ = false;  // Asked for, and the PDN is not there yet.
  bool restarts_ = false;       // Once it has stopped.
  HostChannel told_;            // Who gets the notifications.
  HostChannel channel_;         // Whose line it is, while it runs …
  services::ppp::LinkFaults faults_;
  std::unique_ptr<services::ppp::PppLink> link_;
  std::unique_ptr<net::PacketFace> face_;
  base::Alarm alarm_;
  base::Alarm later_;
  base::Life life_;
  modem::Subscription subscription_;
};

}  // namespace attache::dialects
