using Espalier.Tensors;
using Microsoft.Win32.SafeHandles;

namespace Espalier.Training;

/// <summary>Ensures that only one process at a time trains in a folder.</summary>
/// <remarks>
/// The lock is on the open file, not on its existence: the operating system releases it when the process ends for any reason. The file is therefore not deleted;
/// if it were, two processes could hold locks on different files of the same name.
/// </remarks>
internal static class FolderLock
{
    private const string Name = "training.lock";

    /// <summary>Takes the lock; disposing the returned handle releases it.</summary>
    /// <exception cref="EspalierException">Another training run holds the lock, or the folder cannot be created or written to.</exception>
    internal static SafeFileHandle Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return File.OpenHandle(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (FileErrors.IsLocked(error))
        {
            throw new EspalierException($"another training run uses the folder {folder}; wait until it has ended, or train in another folder", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot write to {folder}: {error.Message}", error);
        }
    }
}
