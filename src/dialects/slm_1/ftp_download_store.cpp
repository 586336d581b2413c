#include "dialects/slm_1/ftp_download_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/slm_1/data_type.hpp"

namespace attache::dialects::slm_1 {

services::asio::awaitable<void> FtpDownloadStore::take(std::string_view bytes) {
  received_ += bytes.size();
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece_size - piece_.size());
    piece_ += part;
    bytes.remove_prefix(part.size());
    if (piece_.size() == piece_size) {
      store_piece();
    }
  }
  co_return;
}

void FtpDownloadStore::store_piece() {
  std::string text = show(piece_).text;
  if (stored_.size() + text.size() <= capacity_) {
    stored_ += text;
  } else {
    dropped_ += piece_.size();
  }
  piece_.clear();
}

std::string FtpDownloadStore::finish() {
  store_piece();
  return std::move(stored_);
}

std::string FtpDownloadStore::remark() const {
  if (dropped_ == 0) {
    return {};
  }
  return fmt::format(
      "{} of {} bytes dropped: the firmware keeps {} characters "
      "of a download, in pieces of {} bytes, and "
      "writes those that are no text in hexadecimal",
      dropped_, received_, capacity_, piece_size);
}

}  // namespace attache::dialects::slm_1
