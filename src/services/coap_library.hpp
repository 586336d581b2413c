#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/bearer.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// Numbers of RFC 7252, 7641 and 7959.
enum class CoapOption : std::uint16_t {
  observe = 6,
  uri_path = 11,
  content_format = 12,
  uri_query = 15,
  block2 = 23,
  block1 = 27
};

/// A block option: which block, whether more follow, how long blocks are (RFC 7959, clause 2.2).
struct CoapBlock {
  std::uint32_t number = 0;
  bool more = false;
  std::size_t size = 0;  ///< 16 … 1024.

  /// The value of the option.
  [[nodiscard]] std::string encoded() const;
  /// Nothing for one that is none.
  static std::optional<CoapBlock> decoded(std::string_view value);
};

/// A request or an empty message to be sent; the message id is libcoap's.
struct CoapPacket {
  bool confirmable = false;
  std::uint8_t code = 1;  ///< 1 GET … 7 iPATCH.
  std::string token;
  std::vector<std::pair<std::uint16_t, std::string>> options;
  std::string payload;
};

/// What is read of a response.
struct CoapResponse {
  std::uint8_t code = 0;  ///< Class and detail: 69 = 2.05.
  std::string token;
  bool observed = false;  ///< It has the option: it is a notification.
  std::optional<CoapBlock> block1;
  std::optional<CoapBlock> block2;
  std::string payload;
};

/// The messages of CoAP by libcoap, over a bridge: acknowledgements, retransmission (by real time, RFC 7252
/// clause 4.8), duplicates, resets. What it wants to send goes to the listener, what has come is given to it.
/// Its coroutine is run by whoever uses it; close() ends it. One thread only; hold it by shared_ptr.
class CoapLibrary : public std::enable_shared_from_this<CoapLibrary> {
 public:
  /// Whoever speaks with the peer; called from the loop, and it may close() from within.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// A datagram for the peer.
    virtual asio::awaitable<void> carry(std::string datagram) = 0;
    /// False for a response that nobody waits for: it is answered with a reset.
    virtual bool responded(CoapResponse response) = 0;
    /// A confirmable packet was not acknowledged, or refused.
    virtual void undelivered(std::string_view why) = 0;
  };

  /// Fails as sockets of this machine do. `listener` must live until close().
  static net::NetResult<std::shared_ptr<CoapLibrary>> create(asio::io_context& context, Listener& listener);
  ~CoapLibrary();
  CoapLibrary(const CoapLibrary&) = delete;
  CoapLibrary& operator=(const CoapLibrary&) = delete;

  /// Eight random bytes.
  static std::string make_token();

  /// False if it cannot be sent: options and payload do not fit into a packet.
  bool send(const CoapPacket& packet);
  /// A datagram has come from the peer.
  void give(std::string_view datagram);

  /// Carry what the library says, and give it its time; each until close().
  asio::awaitable<void> run_upwards();
  asio::awaitable<void> run_timers();
  /// The listener is not called any more.
  void close();

 private:
  struct Parts;
  explicit CoapLibrary(Listener& listener);

  std::unique_ptr<Parts> parts_;
  Listener* listener_;
};

}  // namespace attache::services
