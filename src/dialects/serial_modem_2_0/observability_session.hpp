#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/life.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "net/bearer.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

namespace asio = boost::asio;

/// What the device tells nRF Cloud of itself, in chunks (reference serial-modem-2.0/nrfcloud.md,
/// "Observability"): heartbeats when they are asked for, a record of each crash, uploads by command or by
/// time. The settings last.
class ObservabilitySession final : public Session {
 public:
  /// What #XNRFCLOUDOBSAUTO says.
  struct Automatic {
    bool on = false;
    std::int64_t interval = 0;  ///< Seconds.
    std::string project_key{};
  };

  /// Begins to wait for the next upload if they are on.
  explicit ObservabilitySession(Application& application);

  /// As it was set last, also before the last boot; else the build's interval, off and without a key.
  [[nodiscard]] Automatic automatic() const;
  /// What cannot be stored holds until the next start of the device, and the log says so.
  void set_automatic(const Automatic& automatic);
  /// Crashes become chunks; on until the host has switched it off for good.
  [[nodiscard]] bool has_core_dumps() const;
  /// As set_automatic(): what cannot be stored is in the log.
  void set_core_dumps(bool on);

  /// A heartbeat of figures becomes a chunk.
  void take_heartbeat();
  /// A crash of that type becomes one.
  void note_crash(std::int64_t type);
  /// The chunks that there are, which are used up.
  [[nodiscard]] std::vector<std::string> take_chunks();

  /// An upload, or a chunk of another device, is under way.
  [[nodiscard]] bool busy() const { return busy_; }
  // Each answers its command; the outcome follows. An empty key: the one that is stored.
  void upload(std::string project_key, Answer answer);
  /// Sends a chunk of another device to the cloud, which there must be a connection to; must not be called
  /// while busy().
  void forward(std::string chunk, std::string project_key, Answer answer);

  void close_because(std::string_view) override { close(); }
  void close() override;
  void forget() override;

 private:
  void store(std::string_view key, std::string value);
  void wait_for_next();
  asio::awaitable<void> upload_by_itself();
  asio::awaitable<net::NetResult<std::size_t>> send_all(std::string project_key);
  asio::awaitable<net::NetResult<void>> send_chunk(std::string chunk, std::string project_key);
  asio::awaitable<void> run_upload(std::string project_key, HostChannel channel);
  asio::awaitable<void> run_forward(std::string chunk, std::string project_key, HostChannel channel);
  [[nodiscard]] std::string key_or_stored(std::string project_key) const;

  Application& application_;
  std::vector<std::string> chunks_;
  std::uint32_t heartbeats_ = 0;
  bool busy_ = false;
  base::Life forwarding_;
  base::Alarm next_;
};

/// Uploads by time go on after a start of the device, before any command asks for the session.
void resume_observability(Application& application);

}  // namespace attache::dialects::serial_modem_2_0
