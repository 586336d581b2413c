#include "device/port_taps.hpp"

namespace attache::device {

std::shared_ptr<void> PortTaps::add(Tap tap) {
  auto handle = std::make_shared<Tap>(std::move(tap));
  taps_.push_back(handle);
  return handle;
}

std::shared_ptr<void> PortTaps::add_for_frames(Tap tap) {
  auto handle = std::make_shared<Tap>(std::move(tap));
  frame_taps_.push_back(handle);
  return handle;
}

// By index: a tap may add another one.
void PortTaps::tell(Taps& taps, const PortBytes& bytes) {
  bool has_gone = false;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    auto tap = taps[i].lock();
    has_gone = has_gone || !tap;
    if (tap) {
      (*tap)(bytes);
    }
  }
  if (has_gone) {
    std::erase_if(taps, [](const std::weak_ptr<Tap>& tap) { return tap.expired(); });
  }
}

}  // namespace attache::device
