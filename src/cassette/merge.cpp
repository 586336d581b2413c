#include "cassette/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace attache::cassette {

namespace {

/// Entries from one that the host says up to the next; the first block may lack the host's.
using Block = std::vector<Entry>;

std::vector<Block> cut_blocks(const Cassette& cassette) {
  std::vector<Block> blocks(1);
  for (const Entry& entry : cassette.entries) {
    if (entry.says(Side::host)) {
      blocks.emplace_back();
    }
    blocks.back().push_back(entry);
  }
  return blocks;
}

std::string_view said_in(const Block& block) {
  return !block.empty() && block.front().says(Side::host) ? std::string_view(block.front().source)
                                                          : std::string_view();
}

/// Writes blocks one behind the other, each with its own pauses and the pause that it had before it.
class BlockWriter {
 public:
  void write(const Block& block, Moment began, Moment before) {
    now_ += std::max(began - before, Moment::zero());
    for (const Entry& entry : block) {
      Entry moved = entry;
      moved.at = now_ + (entry.at - began);
      text_ += line_of(moved);
    }
    now_ += block.empty() ? Moment::zero() : block.back().at - began;
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
  Moment now_{};
};

// When a block begins, and when the one before it ended.
struct Times {
  Moment began{};
  Moment before{};
};

Times times_of(const std::vector<Block>& blocks, std::size_t index) {
  Times times;
  for (std::size_t i = index; i-- > 0;) {
    if (!blocks[i].empty()) {
      times.before = blocks[i].back().at;
      break;
    }
  }
  times.began = blocks[index].empty() ? times.before : blocks[index].front().at;
  return times;
}

}  // namespace

Merged merge(const Cassette& old, const Cassette& recent) {
  std::vector<Block> kept = cut_blocks(old);
  std::vector<Block> heard = cut_blocks(recent);
  Merged merged;
  BlockWriter writer;
  std::size_t next = 1;
  auto write = [&writer](const std::vector<Block>& blocks, std::size_t index) {
    Times times = times_of(blocks, index);
    writer.write(blocks[index], times.began, times.before);
  };
  write(kept[0].empty() ? heard : kept, 0);
  for (std::size_t i = 1; i < heard.size(); ++i) {
    auto found = std::find_if(kept.begin() + static_cast<std::ptrdiff_t>(next), kept.end(),
                              [&](const Block& block) { return said_in(block) == said_in(heard[i]); });
    if (found == kept.end()) {
      write(heard, i);
      ++merged.added;
      continue;
    }
    for (auto known = static_cast<std::size_t>(found - kept.begin()); next <= known; ++next) {
      write(kept, next);
    }
  }
  for (; next < kept.size(); ++next) {
    write(kept, next);
  }
  merged.text = fmt::format("{}\n", first_line);
  for (const CassetteHeader& header : old.headers) {
    merged.text += line_of(header);
  }
  merged.text += writer.take();
  return merged;
}

}  // namespace attache::cassette
