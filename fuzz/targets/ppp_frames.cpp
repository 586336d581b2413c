#include <string>
#include <utility>
#include <vector>

#include "services/ppp/hdlc.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using PppFrames = std::vector<std::pair<std::uint16_t, std::string>>;

PppFrames decode_frames(const std::vector<std::string_view>& pieces) {
  PppFrames frames;
  services::ppp::HdlcDecoder decoder([&](const services::ppp::Frame& frame) {
    frames.emplace_back(frame.protocol, std::string(frame.information));
  });
  for (std::string_view piece : pieces) {
    decoder.receive(piece);
  }
  return frames;
}

}  // namespace

void fuzz_ppp_frames(std::string_view input) {
  PppFrames whole = decode_frames({input});
  must(decode_frames(Cutter(input, 9).cut(input)) == whole,
       "frames are the same however the bytes are divided");
  for (const auto& frame : whole) {
    for (const services::ppp::Framing& framing :
         {services::ppp::Framing{}, services::ppp::Framing{0, true, true}}) {
      std::string line = services::ppp::encode_frame(frame.first, frame.second, framing);
      must(decode_frames({line}) == PppFrames{frame}, "a frame that is sent is the one that comes");
    }
  }
}

}  // namespace attache::fuzz
