#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

// What a FaultyFileSystem stores: files and directories that know both what the running machine sees and what is on the
// disk, with the changes between the two in order. Confined to one thread; the file system's mutex sees to that.

namespace millrace::testing {

class FaultyFile {
 public:
  const std::string& live() const { return live_; }

  void Write(int64_t position, std::string_view bytes);
  void Truncate(int64_t size);
  void Sync();
  // Some of the pending changes reach the disk, the others never will, whatever Sync() says later.
  void LosePending(std::mt19937_64& random);
  // What is on the disk after a power cut becomes what the machine sees.
  void Crash(std::mt19937_64& random);
  void Replace(std::string content);

 private:
  struct Change {
    int64_t position = 0;
    std::string bytes;
    bool truncates = false;  // to `position`
  };

  static void Apply(const Change& change, std::string* content);
  void KeepPrefix(std::mt19937_64& random, size_t granularity);
  void KeepScatteredSectors(std::mt19937_64& random);

  std::string live_;
  std::string durable_;
  std::vector<Change> pending_;
};

class FaultyDirectory;

struct FaultyEntry {
  std::shared_ptr<FaultyFile> file;  // one of the two is set
  std::shared_ptr<FaultyDirectory> directory;
};

class FaultyDirectory {
 public:
  const std::map<std::string, FaultyEntry>& live() const { return live_; }

  void Add(const std::string& name, FaultyEntry entry);
  void Remove(const std::string& name);
  void Rename(const std::string& from, const std::string& to);
  void Sync();
  // With everything below.
  void SyncTree();
  // As FaultyFile::Crash(), for everything below too.
  void Crash(std::mt19937_64& random);
  int64_t TotalBytes() const;

 private:
  // One step of the directory's journal: `removed` goes and `added` comes; a rename does both at once.
  struct Change {
    std::string removed;
    std::string added;
    FaultyEntry entry;
  };

  static void Apply(const Change& change, std::map<std::string, FaultyEntry>* entries);
  void Record(Change change);

  std::map<std::string, FaultyEntry> live_;
  std::map<std::string, FaultyEntry> durable_;
  std::vector<Change> pending_;
};

}  // namespace millrace::testing
