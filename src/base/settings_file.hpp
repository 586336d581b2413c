#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/settings.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace attache::base {

/// The SQLite file behind open_settings(): one table (section, key) → value, each row with a digest.
///
/// The digest has 40 bytes: SHA-256 of section, key and value, and the first 8 of SHA-256 of section and key
/// (each part with its length before it), so that a row whose value is damaged can be named and a damaged
/// name is never printed, as it could be a piece of a value.
class SettingsFile {
 public:
  explicit SettingsFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// Opens the file, or makes it if there is none, and fills `settings` from it. A file that is refused is
  /// left as it is. One of layout 1, which had no digests, gets them.
  Result<void> open(MemorySettings& settings);
  /// Makes all changes or none.
  /// The reason is of the disk or of SQLite.
  Result<void> apply(std::span<const Settings::Change> changes);

 private:
  struct CloseDatabase {
    void operator()(sqlite3* database) const;
  };
  struct FinishStatement {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Database = std::unique_ptr<sqlite3, CloseDatabase>;
  using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;
  using Rows = std::vector<Settings::Change>;

  Result<void> make();
  Result<void> check_files();
  Result<void> connect(const std::filesystem::path& path);
  Result<void> check_identity();
  Result<void> check_content();
  Result<Rows> load();
  Result<void> prepare_for_use(const Rows& rows);

  Statement prepare(const char* sql);
  bool run(const char* sql);
  bool make_table();
  bool give_digests(const Rows& rows);
  bool prepare_statements();
  std::optional<std::int64_t> number(const char* sql);
  bool store(const Settings::Change& change);
  [[nodiscard]] Reason trouble() const;
  [[nodiscard]] Reason foreign(std::string why) const;
  [[nodiscard]] Reason damaged(std::string why) const;

  std::filesystem::path path_;
  Database database_;
  Statement put_;
  Statement erase_;
  std::int64_t layout_ = 0;
};

/// The reason why the state cannot be opened.
Reason state_refusal(Reason reason);
Reason state_refusal(const std::filesystem::path& path, std::string why, std::string advice);
Reason state_refusal(const std::filesystem::path& path, int error);

}  // namespace attache::base
