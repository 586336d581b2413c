#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/life.hpp"
#include "net/bearer.hpp"

namespace attache::services {

/// Rows of ICMP echoes, free of AT text (reference slm-1.6/icmp.md). One row at a time; the sequence numbers
/// run on from row to row. The object must outlive a row that runs.
class Ping {
 public:
  struct Row {
    net::Address target;
    std::size_t length = 0;          ///< Bytes of payload.
    base::Duration timeout{};        ///< For each reply.
    std::uint32_t count = 1;         ///< Echoes.
    base::Duration interval{};       ///< Pause after each echo, the last one too.
    int cid = net::default_context;  ///< The PDN context that they go over.
  };

  /// The round trip in whole milliseconds, or why there is none.
  using Result = net::NetResult<std::chrono::milliseconds>;

  /// What is left of a row when it has ended.
  struct Summary {
    std::uint32_t counted = 0;            ///< Replies that took 1 ms or more.
    std::chrono::milliseconds average{};  ///< Their mean, rounded; 0 without any.
  };

  Ping(net::Bearer& bearer, base::Clock& clock) : bearer_(bearer), clock_(clock) {}

  /// Runs a row and gives each result when it is known. Nothing if stop() ended it; no result is given then.
  boost::asio::awaitable<std::optional<Summary>> run(Row row, std::function<void(const Result&)> give);
  /// Ends the row that runs. Its last echo may be on its way still, to nobody.
  void stop();

 private:
  net::Bearer& bearer_;
  base::Clock& clock_;
  std::uint16_t sequence_ = 0;
  base::Life row_;  // Ended by the next one and by stop().
  base::Event stopped_;
};

}  // namespace attache::services
