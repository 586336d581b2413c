#include "cassette/replay.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace attache::cassette {

namespace {

using namespace std::chrono_literals;

// A text without a line end counts as a line once nothing has followed for so long.
constexpr base::Duration pause_after_text = 100ms;

/// How many lines of each name have come.
using Counts = std::map<std::string, std::size_t, std::less<>>;

void count(const Reply& reply, Counts& counts) {
  for (const Reply::Other& other : reply.others) {
    ++counts[other.key];
  }
}

/// Speaks for the host and waits for the modem.
class Replay {
 public:
  Replay(client::Conversation& conversation, ReplayOptions options)
      : conversation_(conversation),
        options_(std::move(options)),
        recorded_(options_.dialect),
        now_(options_.dialect) {}

  asio::awaitable<Replayed> run(const std::vector<Exchange>& exchanges) {
    Replayed replayed;
    for (std::size_t i = 0; i < exchanges.size() && !conversation_.is_closed(); ++i) {
      heard_.clear();
      const Exchange& exchange = exchanges[i];
      begin(exchange);
      co_await answer_of(exchange);
      bool is_last = i + 1 == exchanges.size();
      if (is_last) {
        co_await conversation_.silence(options_.quiet);
      } else {
        co_await pause_before(exchanges[i + 1], exchange);
      }
      take_lines(true);
      replayed.heard.push_back(std::move(heard_));
    }
    if (conversation_.is_closed()) {
      replayed.fault = base::make_reason("the modem went away", conversation_.close_reason(),
                                         "See why it did; then try again.");
    }
    co_return replayed;
  }

 private:
  void begin(const Exchange& exchange) {
    count(now_.reply(), came_);
    recorded_.begin(exchange);
    for (const std::string& line : exchange.heard) {
      recorded_.take(line);
    }
    count(recorded_.reply(), wanted_);
    now_.begin(exchange);
    spoken_ = conversation_.clock().now();
    if (!exchange.said.empty()) {
      conversation_.send(exchange.said);
    }
  }

  asio::awaitable<void> answer_of(const Exchange& exchange) {
    base::Time deadline = spoken_ + std::max<base::Duration>(options_.timeout, exchange.lasts * 3 / 2);
    base::Clock& clock = conversation_.clock();
    take_lines(false);
    while (!is_complete(exchange) && !conversation_.is_closed() && clock.now() < deadline) {
      bool has_text = !conversation_.reader().tail().empty();
      base::Time patience = has_text ? std::min(deadline, clock.now() + pause_after_text) : deadline;
      bool more = co_await conversation_.more(patience);
      take_lines(has_text && !more);
    }
    forgive();
  }

  [[nodiscard]] bool is_complete(const Exchange& exchange) const {
    if (exchange.heard.empty()) {
      return true;
    }
    bool has_answer = recorded_.reply().is_final
                          ? now_.reply().is_final
                          : now_.reply().answer.size() >= recorded_.reply().answer.size();
    Counts came = came_;
    count(now_.reply(), came);
    return has_answer && std::all_of(wanted_.begin(), wanted_.end(), [&](const auto& wanted) {
             auto found = came.find(wanted.first);
             return found != came.end() && found->second >= wanted.second;
           });
  }

  // What did not come in time is not waited for again.
  void forgive() {
    Counts came = came_;
    count(now_.reply(), came);
    for (auto& [key, wanted] : wanted_) {
      auto found = came.find(key);
      wanted = std::min(wanted, found != came.end() ? found->second : 0);
    }
  }

  // A command that was not answered, and data, are followed by nothing sooner than they were; all else at
  // once, as what the modem is about may go on meanwhile.
  asio::awaitable<void> pause_before(const Exchange& next, const Exchange& last) {
    bool needs_pause = last.heard.empty() || !next.is_command() || !last.is_command();
    bool has_pause = options_.keeps_times || (needs_pause && !last.said.empty());
    base::Time then = spoken_ + (next.at - last.at);
    if (has_pause && conversation_.clock().now() < then) {
      co_await conversation_.clock().sleep_until(then);
      co_await conversation_.catch_up();
    }
  }

  void take_lines(bool with_text) {
    client::LineReader& reader = conversation_.reader();
    while (auto line = reader.take_line()) {
      take(std::move(*line));
    }
    if (with_text && !reader.tail().empty()) {
      take(reader.take_tail());
    }
  }

  void take(std::string line) {
    now_.take(line);
    heard_.push_back(std::move(line));
  }

  client::Conversation& conversation_;
  ReplayOptions options_;
  ReplySorter recorded_;
  ReplySorter now_;
  Counts wanted_;  ///< Of notifications and data, up to this exchange.
  Counts came_;    ///< The same that have come, up to the exchange before it.
  base::Time spoken_{};
  std::vector<std::string> heard_;
};

}  // namespace

asio::awaitable<Replayed> replay(client::Conversation& conversation, const std::vector<Exchange>& exchanges,
                                 ReplayOptions options) {
  Replay play(conversation, std::move(options));
  Replayed replayed = co_await play.run(exchanges);
  co_return replayed;
}

}  // namespace attache::cassette
