#pragma once

#include <boost/asio/signal_set.hpp>

namespace attache::cli {

/// Adds what ends a program in order: SIGINT, SIGTERM and, except under nohup(1), SIGHUP, the terminal's end.
void add_stop_signals(boost::asio::signal_set& signals);

}  // namespace attache::cli
