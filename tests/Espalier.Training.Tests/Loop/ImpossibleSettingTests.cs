namespace Espalier.Training.Tests.Loop;

/// <summary>Losses and extensions refuse settings that mean nothing when they are made.</summary>
public class ImpossibleSettingTests
{
    [Theory]
    [InlineData("LabelSmoothing")]
    [InlineData("Temperature")]
    [InlineData("Alpha")]
    [InlineData("MaxNorm")]
    [InlineData("MaxValue")]
    [InlineData("Decay")]
    [InlineData("Strength")]
    public void Impossible_settings_of_losses_and_extensions_are_refused_by_name_when_they_are_made(string setting)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => (object)(setting switch
        {
            "LabelSmoothing" => new CrossEntropy { LabelSmoothing = 1.5 },
            "Temperature" => new Distillation(images => images) { Temperature = 0 },
            "Alpha" => new Distillation(images => images) { Alpha = 2 },
            "MaxNorm" => new GradientClipping { MaxNorm = 0 },
            "MaxValue" => new GradientClipping { MaxValue = -1 },
            "Decay" => new WeightAveraging(1),
            _ => new NormScalePenalty(double.NaN),
        }));
        Assert.Equal(setting, error.ParamName);
        Assert.StartsWith($"{setting}: expected ", error.Message, StringComparison.Ordinal);
    }
}
