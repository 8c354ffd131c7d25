using Espalier.Tensors;
using Microsoft.Win32.SafeHandles;

namespace Espalier.Training;

/// <summary>Lets one process at a time train in a folder.</summary>
/// <remarks>
/// What is locked is the open file, not its being there: the operating system lets go of it when the process ends, however it ends. So the file may stay, and it does,
/// for two could hold locks of one name if somebody deleted it.
/// </remarks>
internal static class FolderLock
{
    private const string Name = "training.lock";

    // What .NET gives an IOException about a file that another handle has locked: Windows' ERROR_SHARING_VIOLATION, or Unix' EWOULDBLOCK as flock(2) gives it.
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;

    /// <summary>Takes the lock; whoever disposes of the handle gives it back.</summary>
    /// <exception cref="EspalierException">Another training has it, or the folder cannot be made or written to.</exception>
    internal static SafeFileHandle Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return File.OpenHandle(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error.HResult is SharingViolation or WouldBlockOnLinux or WouldBlockOnMac)
        {
            throw new EspalierException($"another training is under way in {folder}; it has to end first, or this one to go to another folder", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot write to {folder}: {error.Message}", error);
        }
    }
}
