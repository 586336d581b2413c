#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/reason.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"
#include "trace/format/block_reader.hpp"
#include "trace/format/block_writer.hpp"
#include "trace/format/exported_pdu.hpp"

namespace attache::fuzz {

namespace {

struct CaptureRead {
  std::vector<trace::Block> blocks;
  bool failed = false;
};

CaptureRead read_capture(std::string_view bytes, std::size_t piece) {
  CaptureRead read;
  trace::BlockReader reader;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    auto block = reader.next();
    for (; block && *block; block = reader.next()) {
      read.blocks.push_back(std::move(**block));
    }
    if (!block) {
      must(!block.error().why.empty(), "a fault of the file has a reason");
      read.failed = true;
      break;
    }
  }
  return read;
}

}  // namespace

void fuzz_pcapng(std::string_view input) {
  std::size_t piece = input.empty() ? 1 : 1 + static_cast<unsigned char>(input[0]) % 64U;
  input.remove_prefix(std::min<std::size_t>(1, input.size()));
  CaptureRead whole = read_capture(input, std::string_view::npos);
  CaptureRead pieces = read_capture(input, piece);
  must(whole.blocks == pieces.blocks && whole.failed == pieces.failed, "pieces change nothing");
  for (const trace::Block& block : whole.blocks) {
    (void)trace::to_bytes(block);
    if (const auto* packet = std::get_if<trace::block::Packet>(&block)) {
      (void)trace::exported_pdu(packet->bytes);
    }
  }
}

}  // namespace attache::fuzz
