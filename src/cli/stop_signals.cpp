#include "cli/stop_signals.hpp"

#include <csignal>
#include <utility>

namespace attache::cli {

void add_stop_signals(boost::asio::signal_set& signals) {
  signals.add(SIGINT);
  signals.add(SIGTERM);
  struct sigaction action {};
  if (sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) {
    signals.add(SIGHUP);
  }
}

void on_each_signal(boost::asio::signal_set& signals, std::function<void(int)> hear) {
  signals.async_wait([&signals, hear = std::move(hear)](boost::system::error_code error, int number) {
    if (!error) {
      on_each_signal(signals, hear);
      hear(number);
    }
  });
}

}  // namespace attache::cli
