#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "device/device.hpp"
#include "net/failure.hpp"
#include "net/memory_bearer.hpp"
#include "targets/cut_port.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using namespace std::chrono_literals;

constexpr char record_separator = '\x1E';
constexpr base::Duration longest_session = 10min;
constexpr std::size_t short_input = 4096;
constexpr std::size_t most_output = 8 * 1024 * 1024;

/// Whether what the device writes to its log is set in type, which costs as much as all else.
enum class Log { read, unread };

/// A device in memory, its host, and the HTTP server that every name leads to.
class Session {
 public:
  Session(CutPort::Cut cut, Log log) {
    device::DeviceConfig config;
    must(device::complete(config).has_value(), "the default configuration is complete");
    auto created = device::Device::create(
        config, clock_, [this](const device::Radio&, base::Journal&) { return make_bearer(); });
    must(created.has_value(), "a device is made");
    device_ = *created;
    if (log == Log::read) {
      device_->add_journal_sink([this](const base::JournalEntry& entry) {
        journal_bytes_ += entry.reason ? base::to_block(*entry.reason).size() : entry.text.size();
      });
    }
    auto port = std::make_unique<CutPort>(std::move(cut));
    port_ = port.get();
    device_->add_at_port(std::move(port));
    device_->start();
    run();
  }

  /// Runs the record; the host's and the server's bytes are taken in before any time passes.
  void play(std::string_view record) {
    std::string_view rest = record.empty() ? record : record.substr(1);
    switch (record.empty() ? '\0' : record.front()) {
      case 'H':
        port_->host().host_sends(rest);
        break;
      case 'T':
        pass(std::chrono::milliseconds(base::parse_number<std::uint32_t>(rest).value_or(1)));
        break;
      case 'P':
        if (connection_) {
          connection_->send(rest);
        }
        break;
      case 'C':
        if (connection_) {
          connection_->close();
        }
        break;
      case 'R':
        if (connection_) {
          connection_->fail(net::Errno::connection_reset);
        }
        break;
      case 'W':
        device_->wake_up();
        break;
      default:
        port_->host().host_sends(record);
    }
    run();
  }

  /// Lets what is under way end, switches off, and gives everything the host and the server have got.
  std::string finish() {
    pass(11s);
    std::string seen = port_->host().host_takes();
    if (connection_) {
      seen += "\nserver: " + connection_->received;
    }
    device_->close();
    run();
    std::weak_ptr<device::Device> gone = device_;
    device_.reset();
    run();
    must(gone.expired(), "a device that is closed goes when its work has ended");
    return seen;
  }

  [[nodiscard]] std::size_t journal_bytes() const { return journal_bytes_; }

 private:
  void run() {
    context_.restart();
    context_.poll();
  }

  void pass(base::Duration duration) {
    duration = std::min(duration, longest_session - passed_);
    passed_ += duration;
    clock_.advance(duration);
  }

  std::unique_ptr<net::Bearer> make_bearer() {
    auto bearer = std::make_unique<net::MemoryBearer>(clock_);
    bearer->add_name("h", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.10"));
    bearer->add_name("six", net::Family::ipv6, boost::asio::ip::make_address("2001:db8::10"));
    bearer->on_connect(
        [this](std::shared_ptr<net::MemoryConnection> connection) -> std::optional<net::Failure> {
          if (connection->to.port == 1) {
            return net::make_failure(net::Errno::connection_refused, "connection failed", "nobody listens");
          }
          connection_ = std::move(connection);
          return std::nullopt;
        });
    return bearer;
  }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_,
                           std::chrono::system_clock::time_point(std::chrono::hours(24 * 365 * 50))};
  std::shared_ptr<net::MemoryConnection> connection_;
  std::shared_ptr<device::Device> device_;
  CutPort* port_ = nullptr;
  base::Duration passed_{};
  std::size_t journal_bytes_ = 0;
};

std::string play(std::string_view input, CutPort::Cut cut, Log log) {
  Session session(std::move(cut), log);
  for (std::string_view record : base::split(input, record_separator)) {
    session.play(record);
  }
  std::string seen = session.finish();
  if (input.size() <= short_input) {
    must(seen.size() <= most_output, "output is bounded");
    must(session.journal_bytes() <= most_output, "the log is bounded");
  }
  return seen;
}

}  // namespace

// A second device doubles the time that an input takes. A promise that does not hold for an input does not
// hold for many of its neighbours either, so one in four finds it too (tests/device/split_invariance_test.cpp
// always looks).
void fuzz_channel(std::string_view input) {
  std::string whole = play(
      input, [] { return CutPort::whole; }, Log::read);
  constexpr std::size_t one_in = 4;
  if (Cutter(input, one_in).next_size() != 1) {
    return;
  }
  std::string cut = play(
      input, [cutter = Cutter(input, 30)]() mutable { return cutter.next_size(); }, Log::unread);
  must(whole == cut, "the same output however the input is cut at one instant");
}

}  // namespace attache::fuzz
