using Espalier.Imaging;
using Espalier.Tensors;

namespace Espalier;

/// <summary>The options of a recovery as text for the record of a pruning in steps, and how such records are compared.</summary>
internal static class RecordedOptions
{
    /// <summary>The start of the line with the augmentation, whose record prints no members.</summary>
    internal const string Augmented = "augmentation: ";

    /// <summary>The line of <see cref="PruneOptions.Decoding"/>, and the start of those of its members.</summary>
    internal const string Decoding = nameof(ImageDecodingOptions);

    private const string ClassWeights = "class weights: ";
    private const string Options = nameof(ImageTrainingOptions);
    private const string Loop = $"{Options}.{nameof(ImageTrainingOptions.Training)}.{nameof(Training.TrainingOptions)}";
    private const string Objective = $"{Loop}.{nameof(Training.TrainingOptions.Objective)}";
    private const string CrossEntropy = $"{Objective}.{nameof(Training.CrossEntropy)}";
    private const string Distillation = $"{Objective}.{nameof(Training.Distillation)}";
    private const string Clipping = $"{Loop}.{nameof(Training.TrainingOptions.Extensions)}";
    private const string OtherDecoding = $"{Options}.{nameof(ImageTrainingOptions.Decoding)}.{Decoding}";
    private const string Orientation = nameof(ImageDecodingOptions.ApplyOrientation);
    private const string Pixels = $"{nameof(ImageDecodingOptions.Limits)}.{nameof(Limits)}.{nameof(Limits.ImagePixels)}";
    private const string Reduced = nameof(ImageDecodingOptions.ReduceJpegTo);

    // How the lines of each setting that a recovery may change begin. The kind of the optimizer is not among them; teachers are not in the text.
    private static readonly Dictionary<string, string[]> s_lines = new(StringComparer.Ordinal)
    {
        ["epochs"] = [$"{Loop}.{nameof(Training.TrainingOptions.Epochs)} "],
        ["learning_rate"] = [$"{Loop}.{nameof(Training.TrainingOptions.LearningRate)} "],
        ["schedule"] = [$"{Loop}.{nameof(Training.TrainingOptions.Schedule)} ", $"{Loop}.{nameof(Training.TrainingOptions.Schedule)}."],
        ["optimizer"] = [$"{Loop}.{nameof(Training.TrainingOptions.Optimizer)}."],
        ["patience"] = [$"{Loop}.{nameof(Training.TrainingOptions.Patience)} "],
        ["label_smoothing"] = [$"{CrossEntropy}.{nameof(Training.CrossEntropy.LabelSmoothing)} ", .. Settings(CrossEntropy)],
        ["auxiliary_weight"] = [$"{Loop}.{nameof(Training.TrainingOptions.AuxiliaryWeight)} "],
        ["mixing"] = [$"{Loop}.{nameof(Training.TrainingOptions.Mixing)}."],
        ["pipeline"] = [Augmented],
        ["clip"] = [$"{Clipping} {nameof(Training.GradientClipping)}", $"{Clipping}.{nameof(Training.GradientClipping)}."],
        ["distillation"] =
        [
            $"{Options}.{nameof(ImageTrainingOptions.Temperature)} ", $"{Options}.{nameof(ImageTrainingOptions.Alpha)} ",
            $"{Distillation}.{nameof(Training.Distillation.Temperature)} ", $"{Distillation}.{nameof(Training.Distillation.Alpha)} ", .. Settings(Distillation),
        ],
        ["teacher"] = [],
        ["teacher_metadata"] = [],
        ["class_weights"] = [ClassWeights, $"{Options}.{nameof(ImageTrainingOptions.Balance)} = {nameof(ClassBalance.Weights)}", $"{CrossEntropy}.{nameof(Training.CrossEntropy.ClassWeights)} ", .. Settings(CrossEntropy)],
        ["exif"] = [$"{Decoding}.{Orientation} ", $"{OtherDecoding}.{Orientation} "],
        ["max_pixels"] = [$"{Decoding}.{Pixels} ", $"{OtherDecoding}.{Pixels} "],
        ["reduce_jpeg"] = [$"{Decoding}.{Reduced} ", $"{OtherDecoding}.{Reduced} "],
    };

    /// <summary>The settings whose lines are known.</summary>
    internal static IEnumerable<string> Changeable => s_lines.Keys;

    /// <summary>The options as text: the records as they print themselves, and lines for what these do not print. Neither threads nor what is about resuming are in it.</summary>
    internal static string Text(ImageTrainingOptions recovery)
    {
        ImageTrainingOptions printed = recovery with { Folder = null, Resume = false, Changes = [], ClassWeights = null, Teacher = null, Training = recovery.Training with { Threads = 0 } };
        return $"{printed}\n{Augmented}{recovery.Augmentation.Words}" + (recovery.ClassWeights is { } weights ? $"\n{ClassWeights}{weights}" : "");
    }

    /// <summary>
    /// The lines of a record that must be the same for resuming. An option that has its default has no line: an earlier version, which did not have the option, wrote none.
    /// </summary>
    /// <param name="text">The record.</param>
    /// <param name="changes">The settings that may differ.</param>
    internal static IEnumerable<string> Compared(string text, IReadOnlyCollection<string> changes)
    {
        string[] changed = [.. changes.SelectMany(setting => s_lines.GetValueOrDefault(setting, []))];
        HashSet<string> usual = [.. PrintedRecord.Lines($"{new ImageTrainingOptions()}").Skip(1), .. PrintedRecord.Lines($"{ImageDecodingOptions.Default}").Skip(1)];
        return text.Split('\n')
            .SelectMany(line => IsRecord(line, Options) || IsRecord(line, Decoding) ? PrintedRecord.Lines(line) : [line])
            .Where(line => !usual.Contains(line) && !Array.Exists(changed, start => line.StartsWith(start, StringComparison.Ordinal)));
    }

    /// <summary>The lines of the settings that an objective prints, which are those of its other members again.</summary>
    private static string[] Settings(string objective) => [$"{objective}.{nameof(Training.IObjective.Settings)} ", $"{objective}.{nameof(Training.IObjective.Settings)}."];

    private static bool IsRecord(string line, string type) => line.StartsWith(type + " {", StringComparison.Ordinal);
}
