namespace Espalier.Testing;

/// <summary>Finds the kit of real weights, images and answers through the environment variable <c>ESPALIER_KIT</c>.</summary>
public static class Kit
{
    /// <summary>The full path of a file or folder of the kit; skips the running test, saying why, when there is no kit.</summary>
    public static string Path(string relative)
    {
        string? root = Environment.GetEnvironmentVariable("ESPALIER_KIT");
        Assert.SkipWhen(string.IsNullOrEmpty(root), $"needs {relative} of the kit, and ESPALIER_KIT is not set");
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(root!, relative));
        Assert.True(File.Exists(path) || Directory.Exists(path), $"ESPALIER_KIT is set to {root}, but {relative} is not in it");
        return path;
    }
}
