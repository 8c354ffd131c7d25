using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>Where fetched files are kept.</summary>
internal static class Cache
{
    private const string Variable = "ESPALIER_CACHE";

    /// <summary>The folder asked for, or <c>ESPALIER_CACHE</c>, or the system's place for caches (XDG; %LOCALAPPDATA%; ~/Library/Caches). It exists afterwards.</summary>
    internal static string Folder(string? asked)
    {
        string folder = Path.GetFullPath(asked ?? NonEmpty(Environment.GetEnvironmentVariable(Variable)) ?? Path.Combine(SystemFolder(), "espalier"));
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EspalierException($"cannot keep files in {folder}: {error.Message} (--cache or {Variable} chooses another folder)", error);
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
