#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/reason.hpp"
#include "base/spawn.hpp"
#include "net/bearer.hpp"
#include "services/coap_library.hpp"

namespace attache::services {

/// One CoAP request of an application and all that belongs to it (reference serial-modem-2.0/coap.md), free
/// of AT text: a payload in blocks as it comes, an answer in blocks, the notifications of an observation. The
/// messages are libcoap's. Hold it by shared_ptr; one thread only.
class CoapExchange final : public std::enable_shared_from_this<CoapExchange>, private CoapLibrary::Listener {
 public:
  static constexpr int no_code = -1;

  struct Options {
    std::size_t block = 512;  ///< The most bytes of a block that is sent or asked for.
    bool observes = true;     ///< An observation goes on after its first answer.
    base::Duration longest_pull = std::chrono::seconds(30);    ///< Until the host fetches a block …
    base::Duration longest_stall = std::chrono::seconds(30);   ///< … or gives one.
    base::Duration longest_answer = std::chrono::seconds(93);  ///< MAX_TRANSMIT_WAIT of RFC 7252, 4.8.2.
  };

  struct Request {
    std::uint8_t method = 1;  ///< 1 GET … 7 iPATCH.
    std::string path;         ///< With a query behind a question mark.
    bool confirmable = false;
    bool automatic = true;  ///< Blocks come of themselves.
    std::uint16_t content_format = 0;
    std::vector<std::pair<std::uint16_t, std::string>> options{};  ///< Further ones.
    std::uint32_t payload = 0;                                     ///< Bytes that give_payload() will give.
  };

  /// Whoever made the request. It may cancel() from within each but carry().
  class Listener {
   public:
    virtual ~Listener() = default;
    /// A datagram for the server.
    /// A failure ends the exchange.
    virtual asio::awaitable<net::NetResult<void>> carry(std::string datagram) = 0;
    /// A block of an automatic reception; `offset`: bytes of this answer before it.
    virtual void block_came(std::size_t offset, std::string_view payload) = 0;
    /// A block waits for pull().
    virtual void block_waits(int code, std::size_t size) = 0;
    /// More of the payload may be given.
    virtual void wants_payload() = 0;
    /// It has ended, but by cancel(). `total`: bytes of the answer that the host has got.
    virtual void ended(int code, std::size_t total, const std::optional<base::Reason>& why) = 0;
  };

  /// Clock and what `spawn` runs on must outlive it; the listener until `ended` or cancel().
  CoapExchange(base::Clock& clock, base::Spawner spawn, Request request, const Options& options,
               Listener& listener);

  /// Begins it; without a payload the request is sent. Fails as CoapLibrary::create() does, or with EMSGSIZE.
  net::NetResult<void> start();
  /// The next bytes of the payload; Listener::wants_payload() follows.
  void give_payload(std::string_view bytes);
  /// All that will come of the payload has been given: less than announced is sent as it is.
  void end_payload();
  /// The payload has not been given whole.
  [[nodiscard]] bool takes_payload() const { return takes_payload_; }

  /// A datagram has come from the server.
  void give(std::string_view datagram);
  /// The socket has failed.
  void fail(base::Reason why);

  /// Of a manual reception: bytes of the block that waits, so many at most, and how many of the answer were
  /// pulled before. The answer goes on once the block has been pulled: go_on() has to be called then.
  struct Pulled {
    std::size_t offset = 0;
    std::string bytes;
  };
  /// Takes of it; empty if no block waits. The time for fetching runs on until go_on().
  Pulled pull(std::size_t most);
  /// Asks for the next block, awaits the next notification or ends; nothing while bytes of the block wait.
  void go_on();

  /// A block waits for pull(), or more of the payload is wanted: it ends by itself if nothing comes of that.
  [[nodiscard]] bool waits_for_host() const { return waits_ || takes_payload_; }

  /// Ends it, and tells nobody; returns the bytes of the answer that the host has got.
  std::size_t cancel();

 private:
  asio::awaitable<void> carry(std::string datagram) override;
  bool responded(CoapResponse response) override;
  void undelivered(std::string_view why) override;

  void schedule();
  void work();
  void take(CoapResponse response);
  void take_answer();
  void after_block();
  bool continue_upload(const CoapResponse& response);
  bool send_upload();
  void send_blocks();
  void take_more();
  void ask_for_block(const CoapBlock& last);
  [[nodiscard]] CoapPacket packet() const;
  bool send(const CoapPacket& packet);
  void limit(base::Duration time, std::string_view why);
  void end(int code, std::optional<base::Reason> why = std::nullopt);
  [[nodiscard]] bool in_blocks() const { return request_.payload > options_.block; }

  base::Clock& clock_;
  base::Spawner spawn_;
  Request request_;
  Options options_;
  Listener* listener_;  // None once it has ended.
  std::shared_ptr<CoapLibrary> library_;
  std::string token_;        // Of the request, and of notifications …
  std::string block_token_;  // … and of the request for a further block.
  base::Alarm limit_;
  base::Alarm work_;

  std::vector<CoapResponse> incoming_;
  std::optional<base::Reason> failure_;

  // The payload.
  bool takes_payload_ = false;
  bool payload_ended_ = false;
  bool owes_ = false;             // The listener is told when it may give more.
  std::string payload_;           // Given, not acknowledged.
  std::size_t acknowledged_ = 0;  // Of the whole payload.
  std::size_t in_flight_ = 0;     // Of `payload_`.
  std::size_t block_size_;

  // The answer.
  CoapResponse answer_;  // The one that is dealt with.
  bool observing_ = false;
  std::size_t received_ = 0;   // Bytes of it, in whole blocks.
  std::size_t delivered_ = 0;  // … that the host has got.
  std::string waiting_;        // For pull().
  bool waits_ = false;
};

}  // namespace attache::services
