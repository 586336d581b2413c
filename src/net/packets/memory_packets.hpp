#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/packets/packet_face.hpp"

namespace attache::net {

/// A network of packets in memory, for programs that embed a device: what its host sends is handed to a
/// function, and packets for it are put in. One for each device; it may outlive what it made and the reverse.
class MemoryPackets {
 public:
  /// Makes the networks of a device's PDN connections.
  [[nodiscard]] PacketNetworkFactory factory() {
    return [shared = shared_](const PacketNetworkSettings&,
                              PacketReceiver receiver) -> NetResult<std::unique_ptr<PacketNetwork>> {
      return std::unique_ptr<PacketNetwork>(new Network(shared, std::move(receiver)));
    };
  }
  /// Called for each packet that arrives from the device.
  void set_handler(PacketReceiver handler) { shared_->handler = std::move(handler); }
  /// Sends a packet to the device; it is lost while no PDN connection carries packets.
  void inject(std::string_view packet) {
    if (shared_->network != nullptr) {
      shared_->network->receiver(packet);
    }
  }
  /// Where packets to the PDN's name servers go; nothing at first.
  void set_name_server(const Endpoint& server) { shared_->name_server = server; }

 private:
  struct Network;
  struct Shared {
    PacketReceiver handler;
    Network* network = nullptr;  ///< The newest.
    std::optional<Endpoint> name_server;
  };
  struct Network final : PacketNetwork {
    Network(std::shared_ptr<Shared> in, PacketReceiver to) : shared(std::move(in)), receiver(std::move(to)) {
      shared->network = this;
    }
    ~Network() override {
      if (shared->network == this) {
        shared->network = nullptr;
      }
    }
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;
    void send(std::string_view packet) override {
      if (shared->handler) {
        shared->handler(packet);
      }
    }
    [[nodiscard]] std::optional<Endpoint> name_server(Family family) const override {
      bool fits = shared->name_server && shared->name_server->address.is_v4() == (family == Family::ipv4);
      return fits ? shared->name_server : std::nullopt;
    }

    std::shared_ptr<Shared> shared;
    PacketReceiver receiver;
  };

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace attache::net
