using Espalier.Tensors;

namespace Espalier;

/// <summary>The cache folder of downloaded files and of tuned kernels.</summary>
public static class FileCache
{
    private const string Variable = "ESPALIER_CACHE";

    /// <summary>Returns the given folder, or that of the environment variable <c>ESPALIER_CACHE</c>, or <c>espalier</c> in the system's cache folder (XDG; %LOCALAPPDATA%; ~/Library/Caches), and creates it if it does not exist.</summary>
    /// <param name="asked">The folder, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The folder is an empty string.</exception>
    /// <exception cref="EspalierException">The folder cannot be created.</exception>
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
            throw new EspalierException($"cannot create the folder {folder}: {error.Message} (another folder can be set by {Variable} or an argument)", error);
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
