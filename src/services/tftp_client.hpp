#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "net/failure.hpp"
#include "services/descriptor_table.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// Why a TFTP transfer has failed.
struct TftpFault {
  enum class Kind {
    name,               ///< The server's name has no address.
    remote,             ///< The server has answered with an error.
    retries_exhausted,  ///< It has not answered, however often it was asked.
    other               ///< The network, or the transfer was given up.
  };
  Kind kind = Kind::other;
  net::Failure failure;
};

[[noreturn]] inline void throw_exception_from_error(const TftpFault& fault,
                                                    const boost::source_location& at) {
  net::throw_exception_from_error(fault.failure, at);
}

/// One file to or from a TFTP server (RFC 1350), block by block, free of AT text (reference
/// slm-3.1/ftp-tftp.md). One transfer at a time; the object must outlive it. One thread only.
class TftpClient {
 public:
  static constexpr base::Duration patience = std::chrono::seconds(10);  ///< For one answer …
  static constexpr int retries = 3;  ///< … and how often a packet is sent again.

  struct Target {
    std::string host;
    std::uint16_t port = 69;
    net::Family family = net::Family::ipv4;
    std::string file;
    std::string mode;  ///< "octet", "netascii" or "mail".
  };

  /// The bytes of the file.
  using Outcome = boost::system::result<std::size_t, TftpFault>;
  using Give = std::function<void(std::string_view bytes)>;

  TftpClient(net::Bearer& bearer, DescriptorTable& descriptors)
      : bearer_(bearer), descriptors_(descriptors) {}

  /// A transfer is under way and has its socket: another one fails with EBUSY.
  [[nodiscard]] bool busy() const { return !under_way_.expired(); }
  /// Gives each block as it comes.
  asio::awaitable<Outcome> read(Target target, Give give);
  /// Sends all of `data` as the file, in blocks of 512 bytes. What the server has got of a failed one is its
  /// own affair.
  asio::awaitable<Outcome> write(Target target, std::string data);
  /// Ends the transfer under way: ECONNABORTED.
  void close();

 private:
  struct Transfer;
  struct Packet;

  asio::awaitable<boost::system::result<std::shared_ptr<Transfer>, TftpFault>> begin(Target target,
                                                                                     std::uint16_t operation);
  static asio::awaitable<boost::system::result<Packet, TftpFault>> ask(Transfer& transfer, std::string packet,
                                                                       std::uint16_t operation,
                                                                       std::uint16_t block);

  net::Bearer& bearer_;
  DescriptorTable& descriptors_;
  std::weak_ptr<Transfer> under_way_;
};

}  // namespace attache::services
