namespace Espalier.Surgery;

/// <summary>Removes the units of the least scores.</summary>
internal static class UnitRanking
{
    /// <summary>Removes units of some parameters, ranked together. Among equals the first go.</summary>
    internal static void Remove(IReadOnlyList<PrunableParameter> targets, int count)
    {
        if (count == 0)
        {
            return;
        }

        float[] scores = new float[targets.Sum(target => target.Left)];
        int filled = 0;
        foreach (PrunableParameter target in targets)
        {
            for (int unit = 0; unit < target.Units; unit++)
            {
                if (target.IsLeft[unit])
                {
                    scores[filled++] = Finite(target.Scores[unit]);
                }
            }
        }

        Array.Sort(scores);
        float threshold = scores[count - 1];
        int atThreshold = count - Array.FindIndex(scores, score => score == threshold);
        foreach (PrunableParameter target in targets)
        {
            for (int unit = 0; unit < target.Units; unit++)
            {
                float score = Finite(target.Scores[unit]);
                if (target.IsLeft[unit] && (score < threshold || (score == threshold && atThreshold-- > 0)))
                {
                    target.IsLeft[unit] = false;
                }
            }
        }
    }

    /// <summary>A score to compare: what is not a number is not known to be small.</summary>
    internal static float Finite(float score) => float.IsNaN(score) ? float.PositiveInfinity : score;
}
