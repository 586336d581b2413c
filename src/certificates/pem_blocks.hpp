#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attache::certificates {

/// A piece of PEM text from border to border.
struct PemBlock {
  std::string label;  ///< "CERTIFICATE"
  std::string text;   ///< With LF line ends, the last one included.
  bool ended = true;  ///< Its END border is there.
};

/// A text taken apart.
struct PemText {
  std::vector<PemBlock> blocks;
  bool had_carriage_returns = false;
  bool had_escapes = false;     ///< Line ends as the characters \ and n.
  bool had_other_text = false;  ///< Something stood outside of the borders.
};

/// Finds the blocks of a text, whatever stands around and between their lines: blanks, CRs, the quotes of a
/// C source.
PemText read_pem_blocks(std::string_view text);

}  // namespace attache::certificates
