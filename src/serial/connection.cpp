#include "serial/connection.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "serial/port.hpp"

namespace attache::serial {

namespace {

void watch(asio::posix::stream_descriptor& stream, base::FileDescriptor descriptor) {
  stream.assign(descriptor.get());
  (void)descriptor.release();
}

bool is_socket(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

// A socket whose peer has gone must not raise SIGPIPE.
ssize_t send_some(int descriptor, std::string_view bytes, bool is_socket) {
  return is_socket ? ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL)
                   : ::write(descriptor, bytes.data(), bytes.size());
}

}  // namespace

Connection::Connection(const asio::any_io_executor& executor, base::FileDescriptor input,
                       base::FileDescriptor output)
    : input_(executor) {
  watch(input_, std::move(input));
  if (output) {
    output_.emplace(executor);
    watch(*output_, std::move(output));
  }
  is_socket_ = is_socket(this->output().native_handle());
}

void Connection::write(std::string_view bytes) {
  if (queue_.empty() && !broken_ && is_open()) {
    bytes.remove_prefix(write_now(bytes));
  }
  if (bytes.empty()) {
    return;
  }
  if (broken_ || !is_open()) {
    dropped_ += bytes.size();
    return;
  }
  dropped_ += queue_.push(bytes, queue_limit);
  flush_when_writable();
}

// Returns how many bytes the descriptor took.
std::size_t Connection::write_now(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    ssize_t count = send_some(output().native_handle(), bytes.substr(taken), is_socket_);
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
    dropped_ += queue_.clear();
  } else if (!queue_.empty()) {
    flush_when_writable();
  }
  shrunk_.notify();
}

void Connection::discard() {
  dropped_ += queue_.clear();
  shrunk_.notify();
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
