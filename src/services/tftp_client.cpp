#include "services/tftp_client.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "services/host_address.hpp"

namespace attache::services {

namespace {

constexpr std::uint16_t read_request = 1;
constexpr std::uint16_t write_request = 2;
constexpr std::uint16_t data_packet = 3;
constexpr std::uint16_t acknowledgement = 4;
constexpr std::uint16_t error_packet = 5;
constexpr std::size_t block_size = 512;
constexpr std::size_t head_size = 4;

std::string two_bytes(std::uint16_t number) {
  return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
}

std::uint16_t number_at(std::string_view packet, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(packet[at]) << 8U |
                                    static_cast<unsigned char>(packet[at + 1]));
}

std::string head_of(std::uint16_t operation, std::uint16_t block) {
  return two_bytes(operation) + two_bytes(block);
}

TftpFault fault_of(TftpFault::Kind kind, net::Failure failure) {
  return {kind, std::move(failure)};
}

}  // namespace

/// What a transfer needs: it ends with it.
struct TftpClient::Transfer {
  DescriptorTable::Descriptor descriptor;
  std::unique_ptr<net::DatagramSocket> socket;  // Null until the server's address is known.
  bool is_given_up = false;
  net::Endpoint server;  // Where the request goes, then where it is answered from.
  bool is_answered = false;
  std::string request;
  std::string what;  // "TFTP transfer of x failed"
};

struct TftpClient::Packet {
  std::string payload;
};

asio::awaitable<boost::system::result<std::shared_ptr<TftpClient::Transfer>, TftpFault>> TftpClient::begin(
    Target target, std::uint16_t operation) {
  auto transfer = std::make_shared<Transfer>();
  transfer->what = fmt::format("TFTP transfer of {} failed", target.file);
  if (busy()) {
    co_return fault_of(TftpFault::Kind::other,
                       net::make_failure(net::Errno::busy, transfer->what, "another one is under way"));
  }
  under_way_ = transfer;
  auto address = co_await find_address(bearer_, target.host, target.family);
  if (transfer->is_given_up) {
    co_return fault_of(
        TftpFault::Kind::other,
        net::make_failure(net::Errno::connection_aborted, transfer->what, "It was given up on this side."));
  }
  if (!address) {
    co_return fault_of(TftpFault::Kind::name, address.error());
  }
  auto descriptor = descriptors_.take();
  if (!descriptor) {
    co_return fault_of(TftpFault::Kind::other, descriptor.error());
  }
  auto opened = bearer_.open_datagram(target.family, 0);
  if (!opened) {
    co_return fault_of(TftpFault::Kind::other, opened.error());
  }
  transfer->descriptor = std::move(*descriptor);
  transfer->socket = std::move(*opened);
  transfer->socket->set_timeouts(patience, patience);
  transfer->server = {*address, target.port};
  transfer->request = fmt::format("{}{}{}{}{}", two_bytes(operation), target.file, '\0', target.mode, '\0');
  co_return std::move(transfer);
}

// Sends a packet, again if nothing comes, until the server has answered with what is waited for. Of a later
// or earlier block nothing is made.
asio::awaitable<boost::system::result<TftpClient::Packet, TftpFault>> TftpClient::ask(Transfer& transfer,
                                                                                      std::string packet,
                                                                                      std::uint16_t operation,
                                                                                      std::uint16_t block) {
  std::array<char, head_size + block_size> buffer{};
  for (int sent = 0; sent <= retries; ++sent) {
    auto given = co_await transfer.socket->send_to(transfer.server, packet);
    if (!given) {
      co_return fault_of(TftpFault::Kind::other, given.error());
    }
    while (true) {
      auto received = co_await transfer.socket->receive(buffer);
      if (!received && received.error().code == net::Errno::try_again) {
        break;
      }
      if (!received) {
        co_return fault_of(TftpFault::Kind::other, received.error());
      }
      std::string_view answer(buffer.data(), received->size);
      bool is_of_server = received->from.address == transfer.server.address &&
                          (!transfer.is_answered || received->from.port == transfer.server.port);
      if (!is_of_server || answer.size() < head_size) {
        continue;
      }
      if (number_at(answer, 0) == error_packet) {
        std::string_view text = answer.substr(head_size);
        co_return fault_of(
            TftpFault::Kind::remote,
            net::make_failure(net::Errno::no_entry, transfer.what,
                              fmt::format("the server says \"{}\" (error {})",
                                          text.substr(0, text.find('\0')), number_at(answer, 2))));
      }
      if (number_at(answer, 0) == operation && number_at(answer, 2) == block) {
        transfer.is_answered = true;
        transfer.server = received->from;
        co_return Packet{std::string(answer.substr(head_size))};
      }
    }
  }
  co_return fault_of(TftpFault::Kind::retries_exhausted,
                     net::make_failure(net::Errno::timed_out, transfer.what,
                                       fmt::format("the server has not answered {} packets", retries + 1),
                                       "is it a TFTP server, and its port the right one?"));
}

asio::awaitable<TftpClient::Outcome> TftpClient::read(Target target, Give give) {
  auto begun = co_await begin(std::move(target), read_request);
  if (!begun) {
    co_return begun.error();
  }
  Transfer& transfer = **begun;
  std::string packet = transfer.request;
  std::size_t size = 0;
  std::optional<TftpFault> fault;
  for (std::uint16_t block = 1;; ++block) {
    auto answer = co_await ask(transfer, std::move(packet), data_packet, block);
    if (!answer) {
      fault = answer.error();
      break;
    }
    size += answer->payload.size();
    give(answer->payload);
    packet = head_of(acknowledgement, block);
    if (answer->payload.size() < block_size) {
      co_await transfer.socket->send_to(transfer.server, packet);
      break;
    }
  }
  if (fault) {
    co_return std::move(*fault);
  }
  co_return size;
}

asio::awaitable<TftpClient::Outcome> TftpClient::write(Target target, std::string data) {
  auto begun = co_await begin(std::move(target), write_request);
  if (!begun) {
    co_return begun.error();
  }
  Transfer& transfer = **begun;
  std::string packet = transfer.request;
  std::optional<TftpFault> fault;
  std::string_view left = data;
  bool is_over = false;
  for (std::uint16_t block = 0;; ++block) {
    auto answer = co_await ask(transfer, std::move(packet), acknowledgement, block);
    if (!answer) {
      fault = answer.error();
    }
    if (!answer || is_over) {
      break;
    }
    std::string_view piece = left.substr(0, block_size);
    left.remove_prefix(piece.size());
    is_over = piece.size() < block_size;  // An empty block ends a file of whole ones.
    packet = head_of(data_packet, static_cast<std::uint16_t>(block + 1));
    packet += piece;
  }
  if (fault) {
    co_return std::move(*fault);
  }
  co_return data.size();
}

void TftpClient::close() {
  auto transfer = std::exchange(under_way_, {}).lock();
  if (!transfer) {
    return;
  }
  transfer->is_given_up = true;
  if (transfer->socket) {
    transfer->socket->close();
  }
}

}  // namespace attache::services
