#include "serial/acceptor.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace attache::serial {

namespace {

constexpr auto retry_time = std::chrono::seconds(1);

// That client has gone again, or a signal came: the next one may be there.
bool concerns_one_client(int error) {
  return error == EINTR || error == ECONNABORTED || error == EPROTO;
}

}  // namespace

Acceptor::Acceptor(asio::io_context& context, Welcome welcome, Trouble trouble)
    : context_(context), listener_(context), welcome_(std::move(welcome)), trouble_(std::move(trouble)) {}

std::shared_ptr<Acceptor> Acceptor::start(asio::io_context& context, base::FileDescriptor listener,
                                          Welcome welcome, Trouble trouble) {
  std::shared_ptr<Acceptor> acceptor(new Acceptor(context, std::move(welcome), std::move(trouble)));
  acceptor->listener_.assign(listener.get());
  (void)listener.release();
  acceptor->wait();
  return acceptor;
}

void Acceptor::wait() {
  if (paused_ || !listener_.is_open() || std::exchange(waiting_, true)) {
    return;
  }
  listener_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](boost::system::error_code error) {
                         self->waiting_ = false;
                         if (!error) {
                           self->accept_waiting();
                         }
                       });
}

void Acceptor::accept_waiting() {
  while (!paused_ && listener_.is_open()) {
    base::FileDescriptor client(
        ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    int error = errno;
    if (client) {
      troubled_ = false;
      welcome_(std::move(client));
    } else if (error == EAGAIN || error == EWOULDBLOCK) {
      wait();
      return;
    } else if (!concerns_one_client(error)) {
      wait_for_better_times(error);
      return;
    }
  }
}

void Acceptor::wait_for_better_times(int error) {
  if (!std::exchange(troubled_, true) && trouble_) {
    trouble_(error);
  }
  if (!clock_) {
    clock_.emplace(context_);
  }
  retry_ = clock_->call_after(retry_time, [weak = weak_from_this()] {
    if (auto self = weak.lock()) {
      self->accept_waiting();
    }
  });
}

void Acceptor::resume() {
  paused_ = false;
  wait();
}

void Acceptor::close() {
  boost::system::error_code ignored;
  listener_.close(ignored);
  retry_.cancel();
}

}  // namespace attache::serial
