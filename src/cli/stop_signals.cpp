#include "cli/stop_signals.hpp"

#include <csignal>

namespace attache::cli {

void add_stop_signals(boost::asio::signal_set& signals) {
  signals.add(SIGINT);
  signals.add(SIGTERM);
  struct sigaction action {};
  if (sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) {
    signals.add(SIGHUP);
  }
}

}  // namespace attache::cli
