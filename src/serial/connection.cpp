#include "serial/connection.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "serial/port.hpp"

namespace attache::serial {

namespace {

void watch(asio::posix::stream_descriptor& stream, FileDescriptor descriptor) {
  stream.assign(descriptor.get());
  (void)descriptor.release();
}

}  // namespace

Connection::Connection(const asio::any_io_executor& executor, FileDescriptor input, FileDescriptor output)
    : input_(executor) {
  watch(input_, std::move(input));
  if (output) {
    output_.emplace(executor);
    watch(*output_, std::move(output));
  }
}

std::size_t Connection::write(std::string_view bytes) {
  std::size_t lost = std::exchange(lost_, 0);
  if (broken_ || !is_open()) {
    return lost + bytes.size();
  }
  if (queue_.empty()) {
    bytes.remove_prefix(write_now(bytes));
    if (bytes.empty()) {
      return lost;
    }
    if (broken_) {
      return lost + bytes.size();
    }
  }
  lost += queue_.push(bytes, queue_limit);
  flush_when_writable();
  return lost;
}

// Returns how many bytes the descriptor took.
std::size_t Connection::write_now(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    ssize_t count = ::write(output().native_handle(), bytes.data() + taken, bytes.size() - taken);
    if (count >= 0) {
      taken += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      broken_ = true;
      break;
    }
  }
  return taken;
}

void Connection::flush_when_writable() {
  if (std::exchange(waiting_, true)) {
    return;
  }
  output().async_wait(asio::posix::stream_descriptor::wait_write,
                      [self = shared_from_this()](boost::system::error_code error) {
                        self->waiting_ = false;
                        if (!self->is_open()) {
                          return;
                        }
                        self->broken_ = self->broken_ || error;
                        self->flush();
                      });
}

void Connection::flush() {
  if (!broken_ && !queue_.empty()) {
    queue_.pop(write_now(queue_.front()));
  }
  if (broken_) {
    lost_ += queue_.clear();
  } else if (!queue_.empty()) {
    flush_when_writable();
  }
  shrunk_.notify();
}

std::size_t Connection::discard() {
  std::size_t lost = std::exchange(lost_, 0) + queue_.clear();
  shrunk_.notify();
  return lost;
}

void Connection::close() {
  boost::system::error_code ignored;
  input_.close(ignored);
  if (output_) {
    output_->close(ignored);
  }
  shrunk_.notify();
}

}  // namespace attache::serial
