#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "net/traffic.hpp"
#include "trace/capture/packets.hpp"

namespace attache::trace {

/// What a flow writes its packets to.
class PacketOutput {
 public:
  virtual ~PacketOutput() = default;
  /// A packet that passes now.
  virtual void packet(net::Direction direction, std::string bytes, std::vector<std::string> comments) = 0;
  /// Calls `call` at that time; at once if it is past.
  virtual void at(base::Time time, std::function<void()> call) = 0;
  /// The time of the packets, on the clock that the traffic is told by.
  [[nodiscard]] virtual base::Time now() const = 0;
  /// Bytes of an IP packet on the PDN.
  [[nodiscard]] virtual std::size_t mtu() const = 0;
};

/// Makes the packets of a TCP connection from what is told of it, as somebody sees them who listens at the
/// device's end of the link: what the device sends when it leaves, each transmission of a lost segment, what
/// the network sends when it arrives, or would have. Sequence numbers, acknowledgements and the peer's part
/// of the closing are made up as two hosts without any delay of their own would have them.
class TcpFlow : public std::enable_shared_from_this<TcpFlow> {
 public:
  /// `output` must outlive it and what it asks output to call. `device.port` may be 0 in the flow: a port is
  /// chosen then.
  TcpFlow(const net::Flow& flow, PacketOutput& output);

  /// The opening begins: SYN, again after 1, 2, 4 … s until it is answered (RFC 6298).
  void open(bool by_peer);
  /// It has come about: the rest of the handshake.
  void opened();
  /// Refused or unreachable: the answer shows, with the reason. Without an answer nothing does. The flow is
  /// over.
  void not_opened(const net::Failure& failure);
  /// Bytes, or the peer's end; see net::traffic::Segment. Text and crossing are copied.
  void segment(net::Direction direction, std::string_view bytes, const net::traffic::Crossing& crossing);
  /// The device's FIN and the peer's answer; nothing if it was not open or has ended.
  void close();
  /// It has failed. ECONNRESET shows as a reset of the peer, all else as silence. The flow is over.
  void broken(const net::Failure& failure);

 private:
  /// One end of the connection.
  struct End {
    std::uint32_t next = 0;      ///< The sequence number of what it sends next.
    std::uint32_t shown = 0;     ///< The same of what has been written of it.
    std::uint32_t received = 0;  ///< How far it has acknowledged what the other sends.
    base::Time floor{};          ///< Nothing of it arrives before.
    bool has_ended = false;      ///< It has sent FIN.
  };

  [[nodiscard]] End& end(net::Direction direction) {
    return direction == net::Direction::up ? device_ : peer_;
  }
  [[nodiscard]] TcpPacket from(net::Direction direction, std::uint32_t sequence);
  void emit(net::Direction direction, const TcpPacket& packet, std::string_view payload = {},
            std::vector<std::string> comments = {});
  void send_syn();
  void repeat_syn(base::Duration pause);
  void send_data(net::Direction direction, std::string_view bytes, const net::traffic::Crossing& crossing,
                 base::Time floor);
  void transmit(net::Direction direction, std::uint32_t sequence, std::string_view bytes, bool push,
                std::vector<std::string> comments = {});
  void acknowledge(net::Direction direction, std::uint32_t up_to, base::Time when);
  void end_of_peer(base::Time when);

  net::Flow flow_;
  PacketOutput& output_;
  std::size_t segment_size_;
  End device_;
  End peer_;
  base::Duration delay_{};  ///< One way, as it was last seen.
  bool answered_ = false;   ///< The opening has been answered, or given up.
  bool dead_ = false;       ///< Nothing passes any more.
};

/// "failure [dns-failure]: what: why", for the comment of a packet.
std::string failure_comment(const base::Reason& reason);

}  // namespace attache::trace
