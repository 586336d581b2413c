#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/posix/file_descriptor.hpp"

namespace attache::serial {

namespace asio = boost::asio;

/// Takes the clients of a listening socket until close(). When the system cannot give it one (too few
/// descriptors, no memory), it tries again every second of real time, whatever clock a device has.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
  /// Gets a client's descriptor, which is non-blocking. Called from the loop or from accept_waiting().
  using Welcome = std::function<void(base::FileDescriptor client)>;
  /// Gets the errno value of a failure, once until a client could be taken again.
  using Trouble = std::function<void(int error)>;

  /// The handlers are not called after close().
  static std::shared_ptr<Acceptor> start(asio::io_context& context, base::FileDescriptor listener,
                                         Welcome welcome, Trouble trouble = {});

  /// Takes at once those that nobody has noticed yet.
  void accept_waiting();
  /// Leaves further clients in the system's queue until resume().
  void pause() { paused_ = true; }
  /// Those that wait in the queue are taken in a later turn of the loop. Nothing happens after close().
  void resume();
  /// Closes the listening socket; clients that were taken stay. May be called twice.
  void close();

 private:
  Acceptor(asio::io_context& context, Welcome welcome, Trouble trouble);
  void wait();
  void wait_for_better_times(int error);

  asio::io_context& context_;
  asio::posix::stream_descriptor listener_;
  Welcome welcome_;
  Trouble trouble_;
  std::optional<base::RealClock> clock_;  ///< From the first failure on.
  base::Alarm retry_;
  bool waiting_ = false;
  bool paused_ = false;
  bool troubled_ = false;
};

}  // namespace attache::serial
