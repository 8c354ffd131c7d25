namespace Espalier.Training;

/// <summary>The names of the settings of this library's objectives and extensions in lineages and checkpoints.</summary>
internal static class SettingNames
{
    internal const string None = "none";
    internal const string LabelSmoothing = "label_smoothing";
    internal const string ClassWeights = "class_weights";
    internal const string Distillation = "distillation";
    internal const string Clip = "clip";
    internal const string AverageDecay = "average_decay";
    internal const string Frozen = "frozen";
    internal const string Scales = "scales";
    internal const string Teacher = "teacher";
    internal const string TeacherMetadata = "teacher_metadata";
    internal const string Pruning = "pruning";
    internal const string AuxiliaryWeight = "auxiliary_weight";
    internal const string NormScaleDecay = "norm_scale_decay";
}
