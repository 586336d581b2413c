#include "base/settings_file.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/posix/private_file.hpp"
#include "base/text.hpp"

namespace attache::base {

namespace {

namespace fs = std::filesystem;

constexpr int layout_without_digests = 1;
constexpr int current_layout = 2;
constexpr int application_id = 0x41747461;  // "Atta": how a file says that it is ours.
constexpr int busy_timeout_ms = 200;        // Only a curious sqlite3 shell can be in the way.
constexpr std::size_t name_digest_size = 8;

std::string with_length(std::string_view part) {
  return fmt::format("{}:{}", part.size(), part);
}

std::string name_digest_of(const Settings::Change& row) {
  return sha256(with_length(row.section) + with_length(row.key)).substr(0, name_digest_size);
}

std::string digest_of(const Settings::Change& row) {
  return sha256(with_length(row.section) + with_length(row.key) + with_length(*row.value)) +
         name_digest_of(row);
}

}  // namespace

Reason state_refusal(Reason reason) {
  reason.what = "the device's state cannot be opened";
  return reason;
}

Reason state_refusal(const fs::path& path, std::string why, std::string advice) {
  return state_refusal(path_failure(path, std::move(why), std::move(advice)));
}

Reason state_refusal(const fs::path& path, int error) {
  return state_refusal(path_failure(path, error));
}

void SettingsFile::CloseDatabase::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

void SettingsFile::FinishStatement::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SettingsFile::Statement SettingsFile::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr);
  return Statement(statement);
}

bool SettingsFile::run(const char* sql) {
  return sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

std::optional<std::int64_t> SettingsFile::number(const char* sql) {
  Statement statement = prepare(sql);
  if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW) {
    return std::nullopt;
  }
  return sqlite3_column_int64(statement.get(), 0);
}

Reason SettingsFile::foreign(std::string why) const {
  return state_refusal(path_, std::move(why), "name another folder, or move this file away");
}

Reason SettingsFile::damaged(std::string why) const {
  return state_refusal(path_, fmt::format("the database is damaged ({})", why),
                       "put a copy of it back, or move it away to start with an empty device");
}

// The reason behind SQLite's last error.
Reason SettingsFile::trouble() const {
  int code = sqlite3_errcode(database_.get());
  std::string text = sqlite3_errmsg(database_.get());
  int error = sqlite3_system_errno(database_.get());
  switch (code) {
    case SQLITE_NOTADB:
      return foreign("it is not a database");
    case SQLITE_CORRUPT:
      return damaged(text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return state_refusal(path_, "another program holds the database",
                           "close what reads it (an sqlite3 shell?)");
    case SQLITE_FULL:
      return state_refusal(path_, "no space is left for it", path_advice(ENOSPC));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return state_refusal(path_, error != 0 ? error_text(error) : text,
                           path_advice(error != 0 ? error : EACCES));
    default:
      return state_refusal(path_, error != 0 ? fmt::format("{} ({})", text, error_text(error)) : text,
                           path_advice(error));
  }
}

Result<void> SettingsFile::open(MemorySettings& settings) {
  struct stat found {};
  if (::lstat(path_.c_str(), &found) != 0 && errno == ENOENT) {
    if (auto made = make(); !made) {
      return made;
    }
  }
  for (auto step :
       {&SettingsFile::check_files, &SettingsFile::check_identity, &SettingsFile::check_content}) {
    if (auto done = (this->*step)(); !done) {
      return done;
    }
  }
  auto rows = load();
  if (!rows) {
    return rows.error();
  }
  if (auto ready = prepare_for_use(*rows); !ready) {
    return ready;
  }
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  return settings.apply(*rows);
}

// Under another name first: a file that has its name is whole, so an empty one is a damaged one.
Result<void> SettingsFile::make() {
  fs::path unfinished = path_.string() + ".new";
  std::error_code ignored;
  for (const fs::path& left_behind : {unfinished, fs::path(unfinished.string() + "-journal"),
                                      fs::path(path_.string() + "-wal"), fs::path(path_.string() + "-shm")}) {
    fs::remove(left_behind, ignored);
  }
  // By us, not by SQLite, for the mode: its -wal and -shm files take the mode of the main file.
  if (auto file = open_private_file(unfinished); !file) {
    return state_refusal(file.error());
  }
  if (auto connected = connect(unfinished); !connected) {
    return connected;
  }
  std::string identity =
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, current_layout);
  if (!run("BEGIN IMMEDIATE") || !make_table() || !run(identity.c_str()) || !run("COMMIT")) {
    return trouble();
  }
  database_.reset();
  return std::rename(unfinished.c_str(), path_.c_str()) == 0 ? Result<void>() : state_refusal(path_, errno);
}

Result<void> SettingsFile::check_files() {
  {
    auto file = open_private_file(path_);
    if (!file) {
      return state_refusal(file.error());
    }
    struct stat found {};
    if (::fstat(file->get(), &found) != 0) {
      return state_refusal(path_, errno);
    }
    if (found.st_size == 0) {
      return damaged("it has 0 bytes");
    }
  }
  for (const char* suffix : {"-wal", "-shm"}) {
    if (auto sound = check_private_file(path_.string() + suffix); !sound) {
      return state_refusal(sound.error());
    }
  }
  return connect(path_);
}

Result<void> SettingsFile::connect(const fs::path& path) {
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) {
    return trouble();
  }
  sqlite3_busy_timeout(opened, busy_timeout_ms);
  // Until the file is known to be sound, closing it must not move the write-ahead log into it.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return {};
}

Result<void> SettingsFile::check_identity() {
  auto layout = number("PRAGMA user_version");
  auto application = number("PRAGMA application_id");
  auto objects = number("SELECT count(*) FROM sqlite_schema");
  if (!layout || !application || !objects) {
    return trouble();
  }
  if (*application == 0 && *layout == 0 && *objects == 0) {
    return damaged("it is empty");
  }
  if (*application != application_id) {
    return foreign("it is a database of another program");
  }
  if (*layout > current_layout) {
    return state_refusal(path_,
                         fmt::format("it was written by a newer Attaché (layout {}, this one knows up to {})",
                                     *layout, current_layout),
                         "use that version, or name another folder");
  }
  if (*layout < layout_without_digests) {
    return damaged(fmt::format("there is no layout {}", *layout));
  }
  layout_ = *layout;
  return {};
}

Result<void> SettingsFile::check_content() {
  Statement check = prepare("PRAGMA quick_check(1)");
  if (!check || sqlite3_step(check.get()) != SQLITE_ROW) {
    return trouble();
  }
  std::string verdict = reinterpret_cast<const char*>(sqlite3_column_text(check.get(), 0));
  if (verdict != "ok") {
    return damaged(verdict.substr(0, verdict.find('\n')));
  }
  return {};
}

namespace {

std::string blob(sqlite3_stmt* row, int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return size == 0 ? std::string() : std::string(bytes, size);
}

bool all_are_blobs(sqlite3_stmt* row) {
  for (int column = 0; column < sqlite3_column_count(row); ++column) {
    if (sqlite3_column_type(row, column) != SQLITE_BLOB) {
      return false;
    }
  }
  return true;
}

// What is wrong with a row; empty if nothing is.
std::string fault_of(const Settings::Change& row, std::size_t place, std::string_view digest) {
  if (digest == digest_of(row)) {
    return {};
  }
  // A damaged name may hold bytes of the value.
  bool is_name_sound = digest.ends_with(name_digest_of(row));
  return is_name_sound ? fmt::format("the row \"{}\" of section \"{}\" is not what was written",
                                     escape_control(row.key), escape_control(row.section))
                       : fmt::format("row {} is not what was written, and its name is not either", place);
}

}  // namespace

Result<SettingsFile::Rows> SettingsFile::load() {
  bool has_digests = layout_ > layout_without_digests;
  Statement statement = prepare(has_digests ? "SELECT section, key, value, digest FROM setting"
                                            : "SELECT section, key, value FROM setting");
  Rows rows;
  int code = SQLITE_ERROR;
  while (statement && (code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    Settings::Change row{blob(statement.get(), 0), blob(statement.get(), 1), blob(statement.get(), 2)};
    std::size_t place = rows.size() + 1;
    if (!all_are_blobs(statement.get())) {
      return damaged(fmt::format("row {} is not what was written", place));
    }
    if (std::string fault; has_digests && !(fault = fault_of(row, place, blob(statement.get(), 3))).empty()) {
      return damaged(fault);
    }
    rows.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) {
    return trouble();
  }
  return rows;
}

Result<void> SettingsFile::prepare_for_use(const Rows& rows) {
  // Somebody may have copied the file with another mode.
  for (const char* suffix : {"", "-wal", "-shm"}) {
    if (auto done = make_private_file(path_.string() + suffix); !done) {
      return state_refusal(done.error());
    }
  }
  // secure_delete: an erased private key does not stay behind in a free page.
  if (!run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")) {
    return trouble();
  }
  if (layout_ == layout_without_digests && !give_digests(rows)) {
    return trouble();
  }
  return prepare_statements() ? Result<void>() : damaged(sqlite3_errmsg(database_.get()));
}

bool SettingsFile::make_table() {
  return run(
      "CREATE TABLE setting(section BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,"
      " digest BLOB NOT NULL, PRIMARY KEY(section, key)) WITHOUT ROWID");
}

// All or nothing: what fails half way is rolled back when the connection is closed.
bool SettingsFile::give_digests(const Rows& rows) {
  bool done = run("BEGIN IMMEDIATE; DROP TABLE setting") && make_table() && prepare_statements();
  for (std::size_t i = 0; done && i < rows.size(); ++i) {
    done = store(rows[i]);
  }
  return done && run(fmt::format("PRAGMA user_version = {}; COMMIT", current_layout).c_str());
}

bool SettingsFile::prepare_statements() {
  put_ = prepare(
      "INSERT INTO setting VALUES(?1, ?2, ?3, ?4)"
      " ON CONFLICT DO UPDATE SET value = excluded.value, digest = excluded.digest");
  erase_ = prepare("DELETE FROM setting WHERE section = ?1 AND key = ?2");
  return put_ && erase_;
}

bool SettingsFile::store(const Settings::Change& change) {
  sqlite3_stmt* statement = change.value ? put_.get() : erase_.get();
  std::string digest = change.value ? digest_of(change) : std::string();
  // A null pointer would bind NULL: an empty view of a literal is not one.
  auto bind = [&](int place, std::string_view bytes) {
    const char* data = bytes.empty() ? "" : bytes.data();
    return sqlite3_bind_blob64(statement, place, data, bytes.size(), SQLITE_STATIC) == SQLITE_OK;
  };
  bool done = bind(1, change.section) && bind(2, change.key) &&
              (!change.value || (bind(3, *change.value) && bind(4, digest))) &&
              sqlite3_step(statement) == SQLITE_DONE;
  // The error of the step stays the connection's last one: reset repeats it.
  sqlite3_reset(statement);
  return done;
}

Result<void> SettingsFile::apply(std::span<const Settings::Change> changes) {
  bool done = run("BEGIN IMMEDIATE");
  for (std::size_t i = 0; done && i < changes.size(); ++i) {
    done = store(changes[i]);
  }
  if (done && run("COMMIT")) {
    return {};
  }
  Reason reason = trouble();
  reason.what = "the device's state cannot be saved";
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    run("ROLLBACK");
  }
  return reason;
}

}  // namespace attache::base
