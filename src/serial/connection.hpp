#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/event.hpp"
#include "base/posix/file_descriptor.hpp"
#include "serial/byte_queue.hpp"

namespace attache::serial {

namespace asio = boost::asio;

/// An open byte stream over one descriptor, or over one for each direction. Writes are tried at once; what
/// the descriptor does not take is queued and follows when it can.
///
/// Held by shared_ptr: a pending wait keeps the object alive until close().
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// Both descriptors must be non-blocking. Without `output`, `input` carries both directions.
  /// Throws boost::system::system_error if the loop cannot watch a descriptor.
  Connection(const asio::any_io_executor& executor, base::FileDescriptor input,
             base::FileDescriptor output = {});

  /// Where to read from, with asynchronous operations of Asio.
  [[nodiscard]] asio::posix::stream_descriptor& input() { return input_; }

  /// Sends or queues the bytes; drops and counts those beyond queue_limit, and all once the other end has
  /// gone.
  void write(std::string_view bytes);

  /// Bytes that the descriptor has not taken yet, at most queue_limit.
  [[nodiscard]] std::size_t queued() const { return queue_.size(); }
  /// Drops and counts what is queued.
  void discard();
  /// Bytes dropped so far.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// Notified when the queue gets shorter or the connection is closed.
  [[nodiscard]] base::Event& shrunk() { return shrunk_; }

  /// Closes the descriptors; a pending read ends with operation_aborted. May be called twice.
  void close();
  /// False after close() alone: that the other end has gone shows when reading.
  [[nodiscard]] bool is_open() const { return input_.is_open(); }

 private:
  [[nodiscard]] asio::posix::stream_descriptor& output() { return output_ ? *output_ : input_; }
  [[nodiscard]] std::size_t write_now(std::string_view bytes);
  void flush_when_writable();
  void flush();

  asio::posix::stream_descriptor input_;
  std::optional<asio::posix::stream_descriptor> output_;
  ByteQueue queue_;
  base::Event shrunk_;
  std::uint64_t dropped_ = 0;
  bool broken_ = false;  ///< Writing failed: the other end has gone.
  bool waiting_ = false;
  bool is_socket_ = false;
};

}  // namespace attache::serial
