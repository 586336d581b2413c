#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "modem/credential_store.hpp"
#include "modem/pdn.hpp"
#include "modem/radio_link.hpp"
#include "net/host_bearer.hpp"

namespace attache::net {

/// Work on a loop whose result can be looked at.
template <class T>
class Task {
 public:
  Task(asio::io_context& context, asio::awaitable<T> work) : state_(std::make_shared<State>()) {
    asio::co_spawn(context, std::move(work), [state = state_](std::exception_ptr error, T value) {
      state->error = std::move(error);
      state->value.emplace(std::move(value));
    });
  }
  [[nodiscard]] bool done() const { return state_->value.has_value(); }
  [[nodiscard]] T& result() {
    if (state_->error) {
      std::rethrow_exception(state_->error);
    }
    return *state_->value;
  }

 private:
  struct State {
    std::exception_ptr error;
    std::optional<T> value;
  };
  std::shared_ptr<State> state_;
};

/// Runs the loop until the work is done; for tests on the real clock.
template <class T>
T run(asio::io_context& context, asio::awaitable<T> work) {
  Task<T> task(context, std::move(work));
  context.restart();
  while (!task.done() && context.run_one() > 0) {
  }
  return std::move(task.result());
}

/// Runs the loop handler by handler until the count is reached or nothing is left to do. Gives the most that
/// one of them has added to it.
inline std::size_t most_in_one_handler(asio::io_context& context, std::size_t last,
                                       const std::function<std::size_t()>& count) {
  std::size_t most = 0;
  context.restart();
  std::size_t before = count();
  while (before < last && context.poll_one() > 0) {
    most = std::max(most, count() - before);
    before = count();
  }
  return most;
}

/// A PDN that the test takes up and down.
class FakePdn final : public modem::Pdn {
 public:
  FakePdn() { bring_up(); }

  void bring_up() {
    current_.emplace();
    current_->ipv4 = asio::ip::make_address_v4("10.160.33.41");
    current_->ipv6 = asio::ip::make_address_v6("2001:db8::41");
    tell(true);
  }

  /// A further context, with an IPv4 address of its own.
  void bring_up_further(int cid) {
    further_[cid].cid = cid;
    further_[cid].ipv4 = asio::ip::make_address_v4(fmt::format("10.160.33.{}", 41 + cid));
    tell(true, cid);
  }
  void take_down_further(int cid) {
    further_.erase(cid);
    tell(false, cid);
  }

  [[nodiscard]] std::optional<modem::PdnConnection> connection(int cid) const override {
    auto further = further_.find(cid);
    bool is_further = further != further_.end();
    return is_further ? std::optional(further->second) : cid == default_context ? current_ : std::nullopt;
  }
  [[nodiscard]] std::string why_down() const override { return current_ ? "" : why_; }
  [[nodiscard]] std::string way_up() const override { return current_ ? "" : "Give AT+CFUN=1."; }
  [[nodiscard]] base::Cause cause_down() const override { return current_ ? base::Cause::none : cause_; }
  [[nodiscard]] modem::Subscription subscribe(std::function<void(int, bool)> handler) override {
    auto kept = std::make_shared<std::function<void(int, bool)>>(std::move(handler));
    handlers_.push_back(kept);
    return kept;
  }

  void set_ipv4_only() { current_->ipv6.reset(); }
  void set_ipv6_only() { current_->ipv4.reset(); }
  void take_down(std::string why, base::Cause cause = base::Cause::none) {
    current_.reset();
    why_ = std::move(why);
    cause_ = cause;
    tell(false);
  }

 private:
  void tell(bool up, int cid = default_context) {
    for (auto& weak : handlers_) {
      if (auto handler = weak.lock()) {
        (*handler)(cid, up);
      }
    }
  }

  std::optional<modem::PdnConnection> current_;
  std::map<int, modem::PdnConnection> further_;
  std::string why_;
  base::Cause cause_ = base::Cause::none;
  std::vector<std::weak_ptr<std::function<void(int, bool)>>> handlers_;
};

class FakeCredentials final : public modem::CredentialStore {
 public:
  std::map<std::uint32_t, modem::CredentialBundle> tags;
  [[nodiscard]] std::optional<modem::CredentialBundle> bundle(std::uint32_t sec_tag) const override {
    auto found = tags.find(sec_tag);
    return found == tags.end() ? std::nullopt : std::optional(found->second);
  }
};

/// A device's network on the sockets of this machine.
template <class ClockType>
class DeviceNetwork {
 public:
  explicit DeviceNetwork(NetworkOptions options_given = {}) : options(std::move(options_given)) {}

  Bearer& bearer() {
    if (!bearer_) {
      bearer_ = make_host_bearer(
          network, options, pdn, radio, credentials, [this] { return modem_time; }, journal);
    }
    return *bearer_;
  }

  Route& route(std::string from, std::uint16_t from_port, std::uint16_t to_port,
               std::string to_host = "127.0.0.1") {
    Route made;
    made.from_host = std::move(from);
    made.from_port = from_port;
    made.to_host = std::move(to_host);
    made.to_port = to_port;
    return options.routes.emplace_back(std::move(made));
  }

  NetResult<std::vector<Address>> resolve(const std::string& host, Family family = Family::ipv4) {
    return run(context, bearer().resolve(host, family));
  }
  NetResult<std::unique_ptr<Stream>> connect(Endpoint to, std::optional<TlsOptions> tls = std::nullopt) {
    return run(context, bearer().connect(to, std::move(tls)));
  }

  asio::io_context context;
  ClockType clock{context};
  HostNetwork network{clock};
  NetworkOptions options;
  FakePdn pdn;
  modem::RadioLink* radio = nullptr;
  FakeCredentials credentials;
  std::optional<base::WallTime> modem_time;
  base::NullJournal journal;

 private:
  std::unique_ptr<Bearer> bearer_;
};

/// The sec_tag of the device in the tests of TLS.
inline constexpr std::uint32_t tag = 42;

inline Endpoint loopback(std::uint16_t port) {
  return {asio::ip::make_address("127.0.0.1"), port};
}

/// The value of the first fact of that name; empty if there is none.
inline std::string fact(const base::Reason& reason, std::string_view name) {
  for (const auto& [key, value] : reason.facts) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

/// Reads until the end, an error or `enough` bytes.
inline asio::awaitable<std::string> read_all(Stream& stream, std::size_t enough) {
  std::string all;
  std::vector<char> buffer(16384);
  while (all.size() < enough) {
    auto size = co_await stream.read_some(buffer);
    if (!size || *size == 0) {
      break;
    }
    all.append(buffer.data(), *size);
  }
  co_return all;
}

}  // namespace attache::net
