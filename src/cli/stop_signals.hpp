#pragma once

#include <boost/asio/signal_set.hpp>
#include <functional>

namespace attache::cli {

/// Adds what ends a program in order: SIGINT, SIGTERM and, except under nohup(1), SIGHUP, the terminal's end.
void add_stop_signals(boost::asio::signal_set& signals);

/// Hears of each of the signals, until they are cancelled.
void on_each_signal(boost::asio::signal_set& signals, std::function<void(int number)> hear);

}  // namespace attache::cli
