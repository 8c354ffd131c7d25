using System.Security.Cryptography;

namespace Espalier.Cli;

/// <summary>The option --class-weights: the factor of each class in the loss.</summary>
internal static class ClassWeightOptions
{
    internal const string Name = "--class-weights";
    private const string Balanced = "balanced";

    internal static Option<string?> Create() => new(Name)
    {
        Description = $"The weight of each class in the loss: numbers separated by commas, in the order of the outputs; a file with a line 'name,weight' (or tab) for each class, or with one number per line; or '{Balanced}', as --balance weights.",
        HelpName = $"FILE|W0,W1,…|{Balanced}",
        CompletionSources = { Balanced },
    };

    /// <summary>The training options with the weights, if the option is given.</summary>
    internal static ImageTrainingOptions Apply(string? text, ImageTrainingOptions options) => text switch
    {
        null => options,
        _ when options.Balance == ClassBalance.Weights => throw new EspalierException($"{Name} and --balance weights exclude each other: give one of them"),
        Balanced when options.Balance == ClassBalance.Sampling => throw new EspalierException($"{Name} {Balanced} and --balance sampling exclude each other: each makes up for the numbers of images by itself"),
        Balanced => options with { Balance = ClassBalance.Weights },
        _ => options with { ClassWeights = Numbers(text) is { } numbers ? ClassWeights.InOrder(numbers) : ClassWeights.Read(Existing(text)) },
    };

    /// <summary>The SHA-256 of the file that the option names, for the record of a command; <see langword="null"/> if it names none.</summary>
    internal static string? Digest(string? text) => text is null or Balanced || Numbers(text) is not null ? null : Convert.ToHexString(SHA256.HashData(FileErrors.Read(text, () => File.ReadAllBytes(Existing(text)))));

    private static string Existing(string path) => File.Exists(path)
        ? path
        : throw new EspalierException($"{Name} is numbers separated by commas, a file, or '{Balanced}'; found '{path}', and there is no such file");

    // A text that is a list of numbers is one, even where a file has that name: ./1,2 names the file.
    private static double[]? Numbers(string text)
    {
        double?[] numbers = [.. text.Split(',').Select(ClassWeightFile.Weight)];
        return numbers.Contains(null) ? null : [.. numbers.Select(number => number!.Value)];
    }
}
