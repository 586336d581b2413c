#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "base/clock.hpp"
#include "base/life.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/nrf_cloud/mqtt_cloud.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

namespace asio = boost::asio;

/// The connection to nRF Cloud as SLM 2.x and 3.x present it (reference slm-3.1/nrfcloud.md): messages both
/// ways, commands for the modem from the cloud, and places.
class CloudSession final : public Session, public at::DataConsumer, private services::MqttCloud::Listener {
 public:
  /// Which cells a request for a place names.
  enum class CellChoice { none, serving, measured };

  explicit CloudSession(Application& application);

  /// The broker has been reached and the topics are known; false again with the line `#XNRFCLOUD: 0`.
  [[nodiscard]] bool connected() const { return cloud_.connected(); }
  /// There is a connection, or one is being made, the wait for the modem's time before it included.
  [[nodiscard]] bool busy() const { return cloud_.connected() || cloud_.connecting() || starting_; }
  /// #XNRFCLOUDPOS has been answered and its URC has not come: no second request may begin.
  [[nodiscard]] bool locating() const { return locating_; }
  /// %NCELLMEAS has told cells since the connection is there.
  [[nodiscard]] bool has_measurement() const { return !measured_.empty(); }

  // Each answers its command.
  /// Waits up to 10 s for the modem's time, then answers OK, and ERROR if the modem gives no UUID; the
  /// connection is told by #XNRFCLOUD. Must not be called while busy().
  asio::awaitable<void> connect(bool send_location, Answer answer);
  /// Ends it, or the attempt, at once; the URC follows OK.
  void disconnect(Answer answer);
  /// Each piece of data mode is a message from now on; ERROR while another channel does that. Without a
  /// connection what comes is lost, and the log says so.
  void send_data(Answer answer);
  /// OK at once; the place, or the error of the cloud or a negative errno, comes as #XNRFCLOUDPOS. Must not
  /// be called while locating() or without a connection.
  void locate(CellChoice choice, std::vector<services::CloudSurroundings::AccessPoint> points, Answer answer);
  /// The answer of #XNRFCLOUD?, for which the modem is asked for its UUID.
  asio::awaitable<void> tell_status(Answer answer);

  /// A fix of GNSS, which goes to the cloud if the host has asked for that: at most one in 5 s.
  void report_fix(const services::GnssFrame& frame);

  void close_because(std::string_view) override { close(); }
  void close() override;
  void forget() override;
  void notified(std::string_view urc) override;

 private:
  // Of the host in data mode.
  void send(std::string data) override;
  void terminated() override { data_channel_ = {}; }

  // Of the cloud.
  void ready() override;
  void received(std::string_view text) override;
  void ended(const net::Failure& failure) override;

  asio::awaitable<void> send_fix(std::string message);
  asio::awaitable<void> send_piece(HostChannel channel, std::string data);
  asio::awaitable<void> run_locate(CellChoice choice, services::CloudSurroundings surroundings,
                                   HostChannel channel);
  asio::awaitable<void> run_for_cloud(std::string command);
  void tell_state(bool connected);

  Application& application_;
  services::MqttCloud cloud_;
  base::Life life_;  // Ended by closing.
  bool starting_ = false;
  bool send_location_ = false;
  HostChannel channel_;       // The one that connected: gets the URCs.
  HostChannel data_channel_;  // The one in data mode for us.
  std::optional<base::Time> fix_reported_;
  bool locating_ = false;
  std::vector<services::CloudSurroundings::Cell> measured_;
};

}  // namespace attache::dialects::slm_3
