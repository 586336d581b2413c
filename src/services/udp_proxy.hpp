#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/spawn.hpp"
#include "net/bearer.hpp"
#include "services/descriptor_table.hpp"
#include "services/socket.hpp"
#include "services/start_fault.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// A UDP socket that an application keeps for its host, free of AT text: a server that answers the last
/// sender, or a client of one peer, plain or DTLS (reference slm-1.6/tcp-udp-proxy.md, slm-3.1/tcp-udp.md).
/// Datagrams are passed on as they come. It is open()ed first, then made to bind() or connect(). One thread
/// only.
class UdpProxy {
 public:
  enum class Role { none, server, client };

  struct Options {
    std::size_t largest = 576;  ///< Bytes of a datagram that are taken; the rest of a longer one is lost.
    std::string_view advice_when_cut{};  ///< Whoever sets `largest`: what can be done. Lives for ever.
    /// A quirk of the firmware of 1.x: a socket that could not be started is kept, and one in whose place
    /// another is opened is lost: it stays open, with its descriptor, until close().
    bool loses_sockets = false;
  };

  /// Who is told what happens of itself. It may close() the proxy from within.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// A datagram, cut to Options::largest; it may be empty.
    virtual void received(std::string_view bytes, const net::Endpoint& from) = 0;
    /// Returns when more may be received.
    virtual asio::awaitable<void> ready() = 0;
    /// The socket failed for good; the proxy, which was a `role`, is closed. The reason was remarked before.
    virtual void stopped(Role role, const net::Failure& failure) = 0;
    /// Something that the host is not told: a datagram was cut, an operation failed.
    virtual void remark(const base::Reason& reason) = 0;
  };

  /// The socket that was there when it was asked for.
  using Used = std::shared_ptr<Socket>;

  /// All references must outlive the proxy, and it the coroutines that it starts by `spawn`.
  UdpProxy(DescriptorTable& descriptors, net::Bearer& bearer, base::Spawner spawn, const Options& options,
           Listener& listener);
  UdpProxy(const UdpProxy&) = delete;
  UdpProxy& operator=(const UdpProxy&) = delete;

  /// Takes the socket of a server or client; see Options::loses_sockets for the one there is. `tls` secures a
  /// client: with `host_name` empty the server's name is not checked. Fails with EMFILE, and changes nothing
  /// then.
  net::NetResult<Used> open(Role role, net::Family family = net::Family::ipv4,
                            std::optional<net::TlsOptions> tls = std::nullopt);
  /// Gives the server that `opened` belongs to a port of the device, and begins to receive. `own_address` is
  /// what the modem calls the device's address. A failure closes the proxy, but for Options::loses_sockets.
  [[nodiscard]] std::optional<StartFault> bind(const Used& opened, std::string_view own_address,
                                               std::uint16_t port);
  /// Gives the client that `opened` belongs to its peer, and begins to receive. Likewise.
  [[nodiscard]] asio::awaitable<std::optional<StartFault>> connect(Used opened, std::string host,
                                                                   std::uint16_t port);

  /// What it was opened as; `none` while closed.
  [[nodiscard]] Role role() const { return state_.role; }
  /// It has been started.
  [[nodiscard]] bool running() const { return state_.running; }
  /// -1 while closed.
  [[nodiscard]] int descriptor() const { return state_.socket ? state_.socket->descriptor() : -1; }
  /// What send() takes; null while closed.
  [[nodiscard]] const Used& socket() const { return state_.socket; }
  /// There is somebody to send to: of a server the last sender.
  [[nodiscard]] bool has_destination() const;

  /// Sends one datagram; the bytes must live until then. That an earlier one was refused is remarked, and
  /// this one sent again. A failure by itself changes nothing: ended_by() does.
  asio::awaitable<Socket::Size> send(Used socket, std::string_view bytes);
  /// After a send that failed: closes the proxy if it cannot go on, and returns whether it could not. The
  /// listener is not told. False if the socket is not the present one any more.
  [[nodiscard]] bool ended_by(const Used& socket, const net::Failure& failure);
  /// After these failures a socket goes on: time-outs, and that nobody listened to an earlier datagram.
  [[nodiscard]] static bool is_passing(net::Errno code);

  /// Closes the socket that there is, without a word to the listener.
  void end();
  /// Closes the lost ones too.
  void close();

 private:
  struct State {
    Role role = Role::none;
    Used socket;
    bool running = false;
    std::optional<net::Endpoint> sender;  // Of the last datagram: whom a server sends to.
  };

  [[nodiscard]] bool is_current(const Used& socket) const { return socket && socket == state_.socket; }
  std::optional<StartFault> fail_start(StartFault::Step step, const net::Failure& failure);
  void run(const Used& socket);
  asio::awaitable<void> read_from(Used socket);
  void take(std::string_view bytes, const net::Endpoint& from);

  DescriptorTable& descriptors_;
  net::Bearer& bearer_;
  base::Spawner spawn_;
  Options options_;
  Listener& listener_;
  State state_;
  std::vector<Used> lost_;
};

}  // namespace attache::services
