namespace Espalier.Kernels;

/// <summary>The blocks of input channels and of output channels whose weights a group has.</summary>
internal readonly record struct WinogradWeightGroup(int FirstInput, int EndInput, int FirstOutput, int EndOutput)
{
    /// <summary>Its input channels.</summary>
    internal int Rows(BlockedLayout input) => Math.Min(EndInput * input.Lanes, input.Channels) - (FirstInput * input.Lanes);
}
