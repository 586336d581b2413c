#pragma once

#include <memory>
#include <vector>

#include "base/journal.hpp"
#include "net/host_path.hpp"
#include "net/packets/packet_face.hpp"

namespace attache::net {

/// What a device's packets share: its paths, where their networks come from, who hears them. A bearer has
/// one; what hangs on it holds it. One thread only.
class PacketPaths : public PacketBearer, public std::enable_shared_from_this<PacketPaths> {
 public:
  /// `pdn` and `journal` must outlive it.
  PacketPaths(std::shared_ptr<HostPaths> paths, modem::Pdn& pdn, base::Journal& journal,
              PacketNetworkFactory factory)
      : paths_(std::move(paths)), pdn_(pdn), journal_(journal), factory_(std::move(factory)) {}

  [[nodiscard]] NetResult<std::unique_ptr<PacketFace>> open_packets(PacketFaceOptions options) override;
  [[nodiscard]] std::shared_ptr<void> add_packet_tap(PacketTap tap) override;

  [[nodiscard]] HostPaths& paths() { return *paths_; }
  [[nodiscard]] modem::Pdn& pdn() { return pdn_; }
  [[nodiscard]] base::Journal& journal() { return journal_; }
  /// Calls all taps, at once. A tap may add another one, which hears this packet too.
  void tell_taps(int cid, Direction direction, std::string_view packet) const;

 private:
  std::shared_ptr<HostPaths> paths_;
  modem::Pdn& pdn_;
  base::Journal& journal_;
  PacketNetworkFactory factory_;
  std::vector<std::weak_ptr<PacketTap>> taps_;
};

/// The networks of packets that the options of a device ask for: of this machine.
[[nodiscard]] PacketNetworkFactory host_packet_networks(base::Clock& clock, base::Journal& journal,
                                                        const NetworkOptions& options);

}  // namespace attache::net
