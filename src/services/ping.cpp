#include "services/ping.hpp"

#include <string>

#include "net/timed_wait.hpp"

namespace attache::services {

namespace {

// Digits that count up, as the firmware fills it.
std::string payload_of(std::size_t length) {
  std::string payload(length, '0');
  for (std::size_t i = 0; i < length; ++i) {
    payload[i] = static_cast<char>('0' + i % 10);
  }
  return payload;
}

}  // namespace

boost::asio::awaitable<std::optional<Ping::Summary>> Ping::run(Row row,
                                                               std::function<void(const Result&)> give) {
  using std::chrono::milliseconds;
  base::Life::Token current = row_.begin();
  Summary summary;
  milliseconds sum{};
  for (std::uint32_t i = 0; i < row.count; ++i) {
    net::EchoRequest request{payload_of(row.length), sequence_++, row.timeout};
    auto trip = co_await bearer_.on_context(row.cid).echo(row.target, std::move(request));
    if (row_.is_over(current)) {
      co_return std::nullopt;
    }
    Result result = milliseconds{};
    if (trip) {
      result = std::chrono::duration_cast<milliseconds>(*trip);
      summary.counted += *result > milliseconds::zero() ? 1U : 0U;
      sum += *result;
    } else {
      result = trip.error();
    }
    give(result);
    base::Time next = clock_.now() + row.interval;
    while (!row_.is_over(current) && clock_.now() < next) {
      co_await net::wait_until(stopped_, clock_, next);
    }
    if (row_.is_over(current)) {
      co_return std::nullopt;
    }
  }
  if (summary.counted > 0) {
    auto count = static_cast<milliseconds::rep>(summary.counted);
    summary.average = milliseconds((sum.count() + count / 2) / count);
  }
  co_return summary;
}

void Ping::stop() {
  row_.end();
  stopped_.notify();
}

}  // namespace attache::services
