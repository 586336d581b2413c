#include "dialects/serial_modem_2_0/socket_data_mode.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/serial_modem_2_0/socket_session.hpp"
#include "net/failure.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

constexpr std::string_view data_mode_module = "socket";

}  // namespace

void SocketDataMode::start(std::shared_ptr<services::Socket> socket, Target target, std::size_t length) {
  at::DataModePolicy policy = application_.data_mode().policy(channel_, length);
  bool is_stream = socket->type() == services::Socket::Type::stream;
  policy.unit = is_stream ? "" : "datagram";
  socket_ = std::move(socket);
  target_ = std::move(target);
  sent_ = 0;
  channel_.enter_data_mode(policy, *this);
}

bool SocketDataMode::is_for(const services::Socket& socket) const {
  return socket_.get() == &socket && channel_.in_data_mode();
}

void SocketDataMode::end() {
  if (std::exchange(socket_, nullptr) != nullptr) {
    channel_.leave_data_mode();
  }
}

void SocketDataMode::send(std::string data) {
  application_.begin(send_piece(socket_, std::move(data)));
}

asio::awaitable<void> SocketDataMode::send_piece(std::shared_ptr<services::Socket> socket, std::string data) {
  services::SocketTable::Sent sent = std::size_t{0};
  if (auto objection = session_.objection_to_traffic(socket->descriptor())) {
    sent = services::StartFault{services::StartFault::Step::socket, std::move(*objection)};
  } else if (target_.host.empty()) {
    auto direct = co_await socket->send(data);
    if (direct) {
      sent = *direct;
    } else {
      sent = services::StartFault{services::StartFault::Step::socket, direct.error()};
    }
  } else {
    std::string host = target_.host;
    sent = co_await session_.table().send_to(socket->descriptor(), std::move(host), target_.port,
                                             std::move(data));
  }
  if (!is_for(*socket)) {
    co_return;
  }
  if (sent) {
    sent_ += *sent;
    channel_.data_sent();
    co_return;
  }
  application_.journal().report(data_mode_module, sent.error().failure.reason);
  channel_.data_failed();
}

void SocketDataMode::terminated() {
  auto* entry = session_.table().find(std::exchange(socket_, nullptr));
  if (entry == nullptr) {
    return;
  }
  if (target_.notifies) {
    application_.notices().tell(channel_, fmt::format("#XSENDNTF: {},0,{}", entry->handle, sent_));
  }
  session_.poll_again(entry->handle, SocketSession::event_out);
}

}  // namespace attache::dialects::serial_modem_2_0
