using Espalier.Tensors;

namespace Espalier;

/// <summary>Where fetched files and timed kernels are kept.</summary>
public static class FileCache
{
    private const string Variable = "ESPALIER_CACHE";

    /// <summary>The folder asked for, or else the environment's <c>ESPALIER_CACHE</c>, or <c>espalier</c> in the system's place for caches (XDG; %LOCALAPPDATA%; ~/Library/Caches). It exists afterwards.</summary>
    /// <param name="asked">A folder, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">It is empty.</exception>
    /// <exception cref="EspalierException">It cannot be made.</exception>
    public static string Folder(string? asked = null)
    {
        OptionCheck.NotEmpty(asked, $"{nameof(FetchOptions)}.{nameof(FetchOptions.Folder)}");
        string folder = Path.GetFullPath(asked ?? NonEmpty(Environment.GetEnvironmentVariable(Variable)) ?? Path.Combine(SystemFolder(), "espalier"));
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot keep files in {folder}: {error.Message} ({Variable} or an argument chooses another folder)", error);
        }

        return folder;
    }

    private static string SystemFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsMacOS()
            ? Path.Combine(home, "Library", "Caches")
            : NonEmpty(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")) ?? Path.Combine(home, ".cache");
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
