#include "net/memory_datagram.hpp"

#include "net/memory_network.hpp"
#include "net/timed_wait.hpp"

namespace attache::net::detail {

namespace {

class MemoryDatagramSocket final : public DatagramSocket {
 public:
  MemoryDatagramSocket(base::Clock& clock, std::shared_ptr<MemoryBearer::Shared> shared,
                       std::shared_ptr<Mailbox> mailbox, Endpoint local)
      : clock_(clock), shared_(std::move(shared)), mailbox_(std::move(mailbox)), local_(local) {}

  ~MemoryDatagramSocket() override { close(); }

  asio::awaitable<NetResult<std::size_t>> send_to(Endpoint to, std::string_view bytes) override {
    return send_from(shared_, mailbox_, to, bytes);
  }
  asio::awaitable<NetResult<std::size_t>> send(std::string_view bytes) override {
    return send_from(shared_, mailbox_, mailbox_->peer, bytes);
  }
  asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) override {
    return take(clock_, shared_, mailbox_, receive_timeout_, buffer);
  }
  void set_timeouts(base::Duration receive, base::Duration) override { receive_timeout_ = receive; }
  void close() override {
    if (!mailbox_->closed) {
      mailbox_->closed = true;
      mailbox_->changed.notify();
      shared_->mailboxes.erase(local_.port);
    }
  }
  [[nodiscard]] Endpoint local() const override { return local_; }
  [[nodiscard]] std::optional<Endpoint> peer() const override { return mailbox_->peer; }

 private:
  static std::optional<Failure> failure_of(const MemoryBearer::Shared& shared, const Mailbox& mailbox) {
    if (mailbox.closed) {
      return closed_here("datagram socket failed");
    }
    return mailbox.broken ? mailbox.broken : shared.down;
  }

  static std::optional<Failure> begin(MemoryBearer::Shared& shared, Mailbox& mailbox,
                                      std::string_view operation) {
    if (auto failure = shared.begin(operation)) {
      mailbox.broken = failure;
      mailbox.changed.notify();
    }
    return failure_of(shared, mailbox);
  }

  static asio::awaitable<NetResult<std::size_t>> send_from(std::shared_ptr<MemoryBearer::Shared> shared,
                                                           std::shared_ptr<Mailbox> mailbox,
                                                           std::optional<Endpoint> to,
                                                           std::string_view bytes) {
    if (auto failure = begin(*shared, *mailbox, "send")) {
      co_return *failure;
    }
    if (!to) {
      co_return not_connected();
    }
    if (bytes.size() > largest_datagram(family_of(to->address))) {
      co_return too_large(*to, bytes.size());
    }
    if (auto handler = shared->peers->datagram) {
      handler(*to, bytes, [weak = std::weak_ptr(mailbox), from = *to](std::string_view answer) {
        auto box = weak.lock();
        if (box && !box->closed && box->takes_from(from)) {
          box->waiting.emplace_back(from, answer);
          box->changed.notify();
        }
      });
    }
    co_return bytes.size();
  }

  static asio::awaitable<NetResult<Datagram>> take(base::Clock& clock,
                                                   std::shared_ptr<MemoryBearer::Shared> shared,
                                                   std::shared_ptr<Mailbox> mailbox, base::Duration timeout,
                                                   std::span<char> buffer) {
    if (auto failure = begin(*shared, *mailbox, "receive")) {
      co_return *failure;
    }
    auto deadline = deadline_after(clock, timeout);
    while (mailbox->waiting.empty()) {
      if (deadline && clock.now() >= *deadline) {
        co_return timed_out("receiving a datagram failed", timeout);
      }
      co_await wait_until(mailbox->changed, clock, deadline);
      if (auto failure = failure_of(*shared, *mailbox)) {
        co_return *failure;
      }
    }
    auto [from, bytes] = std::move(mailbox->waiting.front());
    mailbox->waiting.pop_front();
    Datagram datagram{std::min(buffer.size(), bytes.size()), from};
    std::copy_n(bytes.begin(), datagram.size, buffer.begin());
    co_return datagram;
  }

  base::Clock& clock_;
  std::shared_ptr<MemoryBearer::Shared> shared_;
  std::shared_ptr<Mailbox> mailbox_;
  Endpoint local_;
  base::Duration receive_timeout_{};
};

}  // namespace

NetResult<std::unique_ptr<DatagramSocket>> open_memory_datagram(base::Clock& clock,
                                                                std::shared_ptr<MemoryBearer::Shared> shared,
                                                                Family family, std::uint16_t device_port,
                                                                std::optional<Endpoint> peer) {
  if (auto failure = shared->begin("open")) {
    return *failure;
  }
  std::uint16_t port = device_port == 0 ? shared->take_port() : device_port;
  auto [place, is_free] = shared->mailboxes.try_emplace(port, nullptr);
  if (!is_free) {
    return make_failure(Errno::address_in_use, fmt::format("opening UDP port {} failed", port),
                        "The device has it open already.");
  }
  place->second = std::make_shared<Mailbox>();
  place->second->peer = peer;
  Endpoint local{memory_device_address(family, shared->cid), port};
  return std::make_unique<MemoryDatagramSocket>(clock, std::move(shared), place->second, local);
}

}  // namespace attache::net::detail
